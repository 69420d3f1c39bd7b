"""The page of all that is stuck: why, since when, what becomes of it by itself, and a button to do it now."""

from flask.testing import FlaskClient

from extensions import db
from models import Job
from services.footage import states
from tests.pages.conftest import Open
from tests.recovery.makers import failed_footage, footage_at, given_up_message, lost_job, many_failed_footage

PAGE = "/admin/recovery"
XSS = "<script>window.__xss=1</script>"


def test_it_says_that_nothing_is_stuck_and_what_was_looked_at(open_page: Open) -> None:
    page = open_page(PAGE)
    assert "Nothing is stuck" in page.text
    assert "Lost by their worker" in page.text
    assert not page.all("form", action=f"{PAGE}/jobs/all")


def test_it_tells_why_and_what_happens_by_itself(open_page: Open) -> None:
    lost_job("Left lying")
    page = open_page(PAGE)
    assert "Left lying" in page.text
    assert "Its worker is gone, and nobody has taken it over" in page.text
    assert "The janitor takes it over in its next round, within seconds" in page.text
    assert "Footage 0" in page.text


def test_its_button_does_it_now(client: FlaskClient, open_page: Open) -> None:
    job_id = lost_job()
    answer = client.post(f"{PAGE}/jobs/one", data={"id": job_id})
    assert answer.location == f"{PAGE}#jobs"
    db.session.rollback()
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "queued"
    assert "Nothing is stuck" in open_page(PAGE).text


def test_it_says_why_it_was_not_done(client: FlaskClient) -> None:
    for kind, thing_id, reason in (("jobs", "0" * 26, "no job"), ("webhooks", "77", "no delivery 77")):
        answer = client.post(f"{PAGE}/{kind}/one", data={"id": thing_id}, follow_redirects=True)
        assert answer.status_code == 200
        assert reason in answer.text


def test_all_of_a_kind_are_set_going_at_once(client: FlaskClient, open_page: Open) -> None:
    lost_job("one")
    lost_job("two")
    assert open_page(PAGE).all("form", action=f"{PAGE}/jobs/all")
    answer = client.post(f"{PAGE}/jobs/all", follow_redirects=True)
    assert "2 set going" in answer.text
    assert "Nothing is stuck" in answer.text


def test_it_asks_before_it_sets_all_going_and_says_how_many(open_page: Open) -> None:
    many_failed_footage(2)
    footage_at(states.AWAITING_USER_INPUT, "AF0001", awaits="A title is missing.")
    assert "all 2 for which something can be done?" in open_page(PAGE).text


def test_it_says_that_only_the_first_of_many_are_set_going(open_page: Open) -> None:
    many_failed_footage(30)
    assert "the first 50 for which something can be done?" in open_page(PAGE).text


def test_where_there_is_nothing_to_do_it_offers_a_look(open_page: Open) -> None:
    footage_at(states.AWAITING_USER_INPUT, "AF0001", awaits="A title is missing.")
    page = open_page(PAGE)
    assert not page.all("form", action=f"{PAGE}/footage/one")
    assert page.all("a", aria_label="Look at it: Boats on a river")


def test_it_shows_the_first_of_many_and_says_so(open_page: Open) -> None:
    many_failed_footage(30)
    page = open_page(PAGE)
    assert "The first 25 are shown" in page.text
    assert len(page.all("form", action=f"{PAGE}/footage/one")) == 25


def test_it_is_kept_up_to_date(client: FlaskClient, open_page: Open) -> None:
    assert open_page(PAGE).all("div", data_live="recovery")
    etag = client.get(PAGE).headers["ETag"]
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 304
    given_up_message()
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 200


def test_its_markup_is_whole_whatever_things_are_called(open_page: Open) -> None:
    lost_job(XSS)
    failed_footage("AF0001")
    given_up_message()
    page = open_page(PAGE)
    assert page.open == page.wrongly_closed == []
    assert "window.__xss" not in " ".join(page.inline_code)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_there_is_no_page_of_another_kind(client: FlaskClient) -> None:
    assert client.post(f"{PAGE}/weather/one", data={"id": "1"}).status_code == 404
    assert client.post(f"{PAGE}/weather/all").status_code == 404
