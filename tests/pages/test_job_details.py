"""A job's page for operators."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import db
from models import Job, JobEvent, JobLog
from services import audit
from services.analysing import submit_playlist, submit_song
from services.jobs import details
from tests.conftest import MakePlaylist, MakeSong, RunJobs
from tests.pages.conftest import Open
from tests.pages.job_rows import add_job

NOW = 1_790_000_000.0


def test_it_tells_how_long_each_state_and_step_took(open_page: Open, make_song: MakeSong, run_jobs: RunJobs) -> None:
    job_id = submit_song(make_song().id).job_id
    run_jobs()
    page = open_page(f"/admin/jobs/{job_id}")
    history = page.text.partition("Timeline")[2]
    assert history.index("Waiting") < history.index("Running") < history.index("Finished")
    assert "Looking for the lyrics" in page.text
    assert page.all("tr", id="step-analyzing")


def test_it_measures_each_state_until_the_next_one() -> None:
    moves = [("queued", 10.0), ("started", 12.5), ("scheduled", 20.0), ("started", 50.0)]
    events = [JobEvent(attempt=1, to_status=status, reason="", at=at) for status, at in moves]
    assert [stretch.seconds for stretch in details.timeline(events, 60.0)] == [2.5, 7.5, 30.0, 10.0]
    over = [*events, JobEvent(attempt=1, to_status="failed", reason="", at=55.0)]
    assert [stretch.seconds for stretch in details.timeline(over, 60.0)] == [2.5, 7.5, 30.0, 5.0, None]
    assert details.timeline([], 60.0) == []


def test_it_shows_operators_the_traceback_and_people_none(open_page: Open) -> None:
    job_id = add_job("failed", error="It broke <here>.", error_detail="Traceback: boom()", error_group="ab" * 8)
    page = open_page(f"/admin/jobs/{job_id}")
    assert "It broke <here>." in page.text
    assert "Traceback: boom()" in page.text
    assert page.all("a", href=f"/admin/jobs?error_group={'ab' * 8}")
    people = open_page(f"/jobs/{job_id}")
    assert "boom()" not in people.text
    assert people.all("a", href=f"/admin/jobs/{job_id}")


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "client_secret",
        "api_key",
        "apiKey",
        "API_KEY",
        "accessToken",
        "Authorization",
        "password",
        "db-password",
        "auth",
    ],
)
def test_it_hides_what_is_secret_by_its_name(name: str) -> None:
    shown = details.without_secrets({"outer": [{name: {"deep": "hush"}}], "size": 1})
    assert shown == {"outer": [{name: details.HIDDEN}], "size": 1}


@pytest.mark.parametrize("name", ["keyboard", "monkey", "keywords", "author", "names", "pinned", "size"])
def test_it_shows_what_only_sounds_like_a_secret(name: str) -> None:
    assert details.without_secrets({name: "plain"}) == {name: "plain"}


def test_it_hides_secrets_of_parameters_and_result_on_the_page(open_page: Open) -> None:
    given: dict[str, Any] = {"callback": {"api_key": "s3cr3t-1"}, "names": ["Größe.mp3"]}
    job_id = add_job("finished", params=given, result={"token": "s3cr3t-2"})
    page = open_page(f"/admin/jobs/{job_id}")
    assert "s3cr3t" not in page.text
    assert "Größe.mp3" in page.text


def test_it_shows_the_log_the_newest_lines_first_page(open_page: Open) -> None:
    job_id = add_job("started")
    db.session.add_all(
        JobLog(job_id=job_id, attempt=1, at=NOW + n, level="info", message=f"line {n} <of> it") for n in range(150)
    )
    db.session.commit()
    page = open_page(f"/admin/jobs/{job_id}")
    assert "line 149 <of> it" in page.text
    assert "line 49 " not in page.text
    (older,) = [link["href"] for link in page.all("a") if "log_before" in link.get("href", "")]
    before = open_page(older.partition("#")[0])
    assert "line 49 " in before.text
    assert "line 50 " not in before.text
    assert not [link for link in before.all("a") if "log_before" in link.get("href", "")]


def test_it_shows_a_tree_with_counts_that_link_to_the_list(
    open_page: Open, make_playlist: MakePlaylist, run_jobs: RunJobs
) -> None:
    job_id = submit_playlist(make_playlist(size=3).id).job_id
    run_jobs()
    page = open_page(f"/admin/jobs/{job_id}")
    assert page.all("a", href=f"/admin/jobs?parent={job_id}&status=finished")
    children = [job.id for job in db.session.query(Job).filter_by(parent_id=job_id)]
    assert all(page.all("a", href=f"/admin/jobs/{child}") for child in children)
    assert len(open_page(f"/admin/jobs?parent={job_id}").all("input", name="job_id")) == 3
    assert open_page(f"/admin/jobs/{children[0]}").all("a", href=f"/admin/jobs/{job_id}")


def test_it_pages_through_many_children(open_page: Open) -> None:
    parent = add_job("finished", at=NOW, children_total=60)
    children = [add_job("finished", at=NOW + n, parent_id=parent, position=n) for n in range(60)]
    page = open_page(f"/admin/jobs/{parent}")
    assert page.all("li", id=f"child-{children[49]}")
    assert not page.all("li", id=f"child-{children[50]}")
    (further,) = page.all("a", rel="next")
    assert open_page(further["href"].partition("#")[0]).all("li", id=f"child-{children[50]}")


def test_it_says_what_operators_did_to_it(open_page: Open) -> None:
    job_id = add_job()
    audit.record("somebody", "cancel", "job", job_id, message="since it was wrong")
    page = open_page(f"/admin/jobs/{job_id}")
    assert "cancel by somebody" in page.text
    assert "since it was wrong" in page.text


def test_it_acts_and_comes_back_to_the_page(client: FlaskClient) -> None:
    job_id = add_job()
    address = f"/admin/jobs/{job_id}"
    assert client.post(f"{address}/cancel?from=job").location == address
    assert client.post(f"{address}/retry?from=job").location == address
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "queued"


def test_it_offers_what_the_state_allows(open_page: Open) -> None:
    offers = {
        "queued": {"cancel", "priority"},
        "started": {"cancel"},
        "failed": {"retry", "delete"},
        "finished": {"delete"},
    }
    for status, expected in offers.items():
        job_id = add_job(status)
        forms = [
            form["action"].partition("?")[0] for form in open_page(f"/admin/jobs/{job_id}").all("form", method="post")
        ]
        assert {action.rpartition("/")[2] for action in forms if job_id in action} == expected, status


def test_it_is_a_404_for_a_job_that_there_is_not(client: FlaskClient) -> None:
    assert client.get("/admin/jobs/01JD8Z5M3V7Q2K4N6P8R0S1T2W").status_code == 404
