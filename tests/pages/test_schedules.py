"""The pages of the schedules."""

from collections.abc import Callable

from flask.testing import FlaskClient

from extensions import db
from models import Schedule
from tests.pages.conftest import Open

PAGE = "/admin/schedules"


def test_it_tells_what_runs_when_without_writing_anything(open_page: Open) -> None:
    page = open_page(PAGE)
    assert "Clean up Forgets old history" in page.text
    assert "At 03:15 UTC" in page.text
    assert db.session.scalars(db.select(Schedule)).all() == []


def test_it_runs_one_now_and_shows_how_that_came_out(
    client: FlaskClient, open_page: Open, run_jobs: Callable[[], None]
) -> None:
    client.post(f"{PAGE}/clean_up/run")
    run_jobs()
    assert "Finished" in open_page(PAGE).text
    assert "local operator Finished" in open_page(f"{PAGE}/clean_up").text


def test_it_tells_why_nothing_was_started(client: FlaskClient, open_page: Open) -> None:
    client.post(f"{PAGE}/analyze_new_songs/run")
    assert "There are no new songs to analyze." in open_page(f"{PAGE}/analyze_new_songs").text


def test_it_pauses_with_a_reason_and_resumes(client: FlaskClient, open_page: Open) -> None:
    client.post(f"{PAGE}/clean_up/pause", data={"reason": "Audit this week"})
    assert "paused by local operator: Audit this week" in open_page(PAGE).text
    client.post(f"{PAGE}/clean_up/resume")
    assert "Audit this week" not in open_page(PAGE).text


def test_it_shows_other_times_before_they_are_taken(client: FlaskClient, open_page: Open) -> None:
    page = open_page(f"{PAGE}/clean_up?cron=30+4+*+*+1")
    assert "At 04:30, only on Monday UTC" in page.text
    assert "Nothing is changed yet." in page.text
    client.post(f"{PAGE}/clean_up/change", data={"cron": "30 4 * * 1"})
    assert "At 04:30, only on Monday UTC 30 4 * * 1 instead of 15 3 * * *" in open_page(f"{PAGE}/clean_up").text


def test_it_refuses_what_is_no_time(client: FlaskClient, open_page: Open) -> None:
    assert "is no time to run at" in open_page(f"{PAGE}/clean_up?cron=soon", 422).text
    answer = client.post(f"{PAGE}/clean_up/change", data={"cron": "soon"}, follow_redirects=True)
    assert "is no time to run at" in answer.text


def test_there_is_no_other(client: FlaskClient) -> None:
    assert client.get(f"{PAGE}/nowhere").status_code == 404
    assert client.post(f"{PAGE}/nowhere/run").status_code == 404
