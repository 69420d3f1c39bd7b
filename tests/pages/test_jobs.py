from flask.testing import FlaskClient

from extensions import db
from models import Job
from services.analysing import submit_playlist, submit_song
from services.jobs import operations
from tests.conftest import MakePlaylist, MakeSong
from tests.pages.conftest import Open


def test_it_says_what_shows_there_while_there_are_no_jobs(open_page: Open) -> None:
    page = open_page("/admin/jobs")
    assert "No jobs yet" in page.text


def test_it_lists_jobs_with_live_bars_for_those_that_run(open_page: Open, make_song: MakeSong) -> None:
    live = submit_song(make_song("Alive").id).job_id
    over = submit_song(make_song("Over").id).job_id
    operations.cancel(over)
    page = open_page("/admin/jobs")
    assert [found["id"] for found in page.all("div", data_progress="job") if "data-job-id" in found] == [f"slot-{live}"]
    assert page.all("form", action=f"/admin/jobs/{live}/cancel")
    assert page.all("form", action=f"/admin/jobs/{over}/retry")
    assert page.all("form", action=f"/admin/jobs/{over}/delete")


def test_it_filters_by_status_type_queue_and_words(
    open_page: Open, make_song: MakeSong, make_playlist: MakePlaylist
) -> None:
    submit_song(make_song("A needle").id)
    submit_playlist(make_playlist("Haystack").id)
    for query in ("type=analyze_song", "queue=high", "q=needle"):
        page = open_page(f"/admin/jobs?{query}")
        assert "A needle" in page.text, query
        assert "Haystack" not in page.text, query
    assert "No job matches" in open_page("/admin/jobs?status=failed").text


def test_it_shows_the_filter_as_it_stands_in_the_address(open_page: Open) -> None:
    page = open_page("/admin/jobs?status=failed&q=needle")
    assert page.all("option", value="failed", selected="")
    assert page.all("input", id="q", value="needle")


def test_it_refuses_a_filter_that_there_is_not(open_page: Open) -> None:
    assert "is not a status that there is" in open_page("/admin/jobs?status=sleepy", 422).text


def test_it_turns_pages_and_keeps_the_filter(open_page: Open, make_song: MakeSong) -> None:
    for _ in range(55):
        submit_song(make_song().id)
    (link,) = open_page("/admin/jobs?status=queued").all("a", rel="next")
    assert "status=queued" in link["href"]
    second = open_page(link["href"])
    assert len(second.all("input", name="job_id", form="bulk")) == 5
    (back,) = second.all("a", rel="prev")
    assert len(open_page(back["href"]).all("input", name="job_id", form="bulk")) == 50


def test_it_comes_back_to_the_same_list_after_an_action(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    answer = client.post(f"/admin/jobs/{job_id}/cancel?status=queued&q=x&_external=1&evil=http://elsewhere")
    assert answer.location == "/admin/jobs?status=queued&q=x"
    assert db.session.get_one(Job, job_id).status == "canceled"


def test_it_retries_and_deletes(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    operations.cancel(job_id)
    client.post(f"/admin/jobs/{job_id}/retry")
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "queued"
    operations.cancel(job_id)
    client.post(f"/admin/jobs/{job_id}/delete")
    assert db.session.get(Job, job_id, populate_existing=True) is None


def test_it_gives_one_row_to_replace_an_old_one(open_page: Open, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    page = open_page(f"/admin/jobs/{job_id}/row?status=queued")
    assert page.all("tr", id=f"job-{job_id}")
    assert page.all("form", action=f"/admin/jobs/{job_id}/cancel?status=queued")
