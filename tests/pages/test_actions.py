"""From ticking jobs, over a page that says what would happen, to a background job that does it once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from extensions import current_settings, db, transaction
from models import AuditEntry, Job
from services.analysing import submit_song
from services.jobs import operations
from services.jobs.janitor import Janitor
from tests.conftest import MakeSong, RunJobs
from tests.pages.conftest import Open
from tests.pages.markup import Markup

Post = Callable[..., Markup]


@pytest.fixture
def canceled(make_song: MakeSong) -> list[str]:
    """Three jobs that were canceled, and one that waits."""
    ids = [submit_song(make_song().id).job_id for _ in range(4)]
    for job_id in ids[:3]:
        operations.cancel(job_id)
    return ids[:3]


@pytest.fixture
def ask(client: FlaskClient) -> Post:
    """The page that asks before it acts."""

    def post(**fields: Any) -> Markup:
        answer = client.post("/admin/actions/confirm", data=fields)
        assert answer.status_code == 200, answer.headers.get("Location")
        return Markup(answer.text)

    return post


def _fields(page: Markup) -> dict[str, list[str]]:
    """What the page's button sends."""
    fields: dict[str, list[str]] = {}
    for field in page.all("input", type="hidden"):
        fields.setdefault(field["name"], []).append(field["value"])
    return fields


def _statuses(ids: list[str]) -> list[str]:
    db.session.rollback()
    return [db.session.get_one(Job, job_id, populate_existing=True).status for job_id in ids]


def _bulk_jobs() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Job.id).where(Job.type == "bulk_action")))


def test_it_counts_before_it_acts_and_changes_nothing(ask: Post, canceled: list[str]) -> None:
    page = ask(action="retry", scope="matching", type="analyze_song")
    assert "Retry 3 jobs?" in page.text
    assert "This will retry 3 jobs." in page.text
    assert "Type: Analyze a song" in page.text
    assert "1 more that matches. Only failed and canceled jobs can be retried." in page.text
    assert (_statuses(canceled), _bulk_jobs()) == (["canceled"] * 3, [])


def test_it_does_what_it_said(client: FlaskClient, ask: Post, canceled: list[str], run_jobs: RunJobs) -> None:
    page = ask(action="retry", scope="matching", status="canceled", back="status=canceled&sort=ended")
    answer = client.post("/admin/actions/run", data=_fields(page))
    (job_id,) = _bulk_jobs()
    assert answer.location == f"/admin/jobs?status=canceled&sort=ended&bulk={job_id}"
    run_jobs()
    assert _statuses(canceled) == ["finished"] * 3
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.matched, entry.changed, entry.skipped) == ("local operator", 3, 3, 0)


def test_it_acts_once_however_often_the_button_is_pressed(client: FlaskClient, ask: Post, canceled: list[str]) -> None:
    fields = _fields(ask(action="retry", scope="selected", job_id=canceled))
    first, second = (client.post("/admin/actions/run", data=fields).location for _ in range(2))
    assert first == second
    assert len(_bulk_jobs()) == 1


def test_two_askings_are_two(client: FlaskClient, ask: Post, canceled: list[str]) -> None:
    for job_id in canceled[:2]:
        client.post("/admin/actions/run", data=_fields(ask(action="retry", scope="selected", job_id=[job_id])))
    assert len(_bulk_jobs()) == 2


def test_it_acts_on_the_ticked_ones_only(
    client: FlaskClient, ask: Post, canceled: list[str], run_jobs: RunJobs
) -> None:
    page = ask(action="retry", scope="selected", job_id=canceled[:2], status="canceled")
    assert "Retry 2 jobs?" in page.text
    client.post("/admin/actions/run", data=_fields(page))
    run_jobs()
    assert _statuses(canceled) == ["finished", "finished", "canceled"]


def test_it_moves_what_waits(client: FlaskClient, ask: Post, canceled: list[str], run_jobs: RunJobs) -> None:
    page = ask(action="priority", priority="low", scope="matching", type="analyze_song")
    assert "Move 1 job to “low”?" in page.text
    client.post("/admin/actions/run", data=_fields(page))
    assert db.session.scalar(select(Job.title).where(Job.type == "bulk_action")) == "Move 1 job to “low”"


def test_it_gives_time_to_undo_a_deletion(
    client: FlaskClient, ask: Post, canceled: list[str], open_page: Open, run_jobs: RunJobs
) -> None:
    page = ask(action="delete", scope="matching", status="canceled")
    assert "10 seconds in which you can still undo it" in page.text
    shown = open_page(client.post("/admin/actions/run", data=_fields(page)).location)
    (job_id,) = _bulk_jobs()
    assert "Undo" in shown.text
    client.post(f"/admin/jobs/{job_id}/cancel")
    run_jobs()
    assert (_statuses([job_id]), _statuses(canceled)) == (["canceled"], ["canceled"] * 3)


def test_it_shows_what_runs_in_the_background_on_the_list(
    client: FlaskClient, ask: Post, canceled: list[str], open_page: Open, run_jobs: RunJobs
) -> None:
    address = client.post("/admin/actions/run", data=_fields(ask(action="retry", scope="matching", status="canceled")))
    (job_id,) = _bulk_jobs()
    assert open_page("/admin/jobs").all("div", id=f"slot-bulk-{job_id}", data_job_id=job_id)
    run_jobs()
    assert "3 retried." in open_page(address.location).text
    assert "3 retried." not in open_page("/admin/jobs").text


def test_it_says_so_where_there_is_nothing_to_do(ask: Post, canceled: list[str]) -> None:
    page = ask(action="retry", scope="matching", status="queued")
    assert "Nothing to do" in page.text
    assert not page.all("form", action="/admin/actions/run")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"action": "retry", "scope": "matching"}, "An empty filter would mean every job."),
        ({"action": "retry", "scope": "selected"}, "Tick the jobs that are meant."),
        ({"action": "retry", "scope": "selected", "job_id": "../x"}, "Tick the jobs that are meant."),
        ({"action": "explode", "scope": "matching", "status": "failed"}, "nothing that can be done to jobs"),
        ({"action": "retry", "scope": "matching", "status": "sleepy"}, "is not a status that there is"),
        ({"action": "priority", "scope": "matching", "status": "queued", "priority": "system"}, "is not a priority"),
        ({}, "nothing that can be done to jobs"),
    ],
)
def test_it_says_why_it_refuses(client: FlaskClient, canceled: list[str], fields: dict[str, str], reason: str) -> None:
    for address in ("/admin/actions/confirm", "/admin/actions/run"):
        answer = client.post(address, data=fields | {"token": "0" * 26, "back": "sort=ended"})
        assert answer.location == "/admin/jobs?sort=ended"
        assert reason in Markup(client.get(answer.location).text).text
    assert _bulk_jobs() == []


def test_it_takes_no_form_that_the_page_did_not_make(client: FlaskClient, canceled: list[str]) -> None:
    answer = client.post("/admin/actions/run", data={"action": "retry", "scope": "matching", "status": "canceled"})
    assert "out of date" in Markup(client.get(answer.location).text).text
    assert _bulk_jobs() == []


def test_it_leads_back_to_the_list_and_nowhere_else(client: FlaskClient, ask: Post, canceled: list[str]) -> None:
    page = ask(action="retry", scope="matching", status="canceled", back="_external=1&x=//evil&q=a%20b")
    assert page.all("a", href="/admin/jobs?q=a+b")


def test_it_sends_whoever_comes_back_to_its_address_to_the_list(client: FlaskClient) -> None:
    assert client.get("/admin/actions/confirm").location == "/admin/jobs"


def test_it_does_not_refresh_itself(ask: Post, canceled: list[str]) -> None:
    scripts = [script.get("src", "") for script in ask(action="retry", scope="selected", job_id=canceled).all("script")]
    assert not [src for src in scripts if "console" in src]


def test_it_freezes_ages_when_it_asks(ask: Post, canceled: list[str]) -> None:
    fields = _fields(ask(action="retry", scope="matching", since="24h"))
    assert re.match("20[0-9-]+T", fields["since"][0])


def test_it_does_not_touch_what_was_canceled_after_it_asked(
    client: FlaskClient, ask: Post, canceled: list[str], make_song: MakeSong, janitor_sweep: Callable[[], None]
) -> None:
    page = ask(action="delete", scope="matching", status="canceled")
    late = submit_song(make_song().id).job_id
    operations.cancel(late)
    client.post("/admin/actions/run", data=_fields(page))
    janitor_sweep()
    assert db.session.get(Job, canceled[0], populate_existing=True) is None
    assert _statuses([late]) == ["canceled"]


@pytest.fixture
def janitor_sweep(run_jobs: RunJobs) -> Callable[[], None]:
    """Lets the time for an undo pass, and what then is due run."""

    def sweep() -> None:
        with transaction() as session:
            session.execute(update(Job).where(Job.type == "bulk_action").values(due_at=0.0))
        Janitor(current_settings()).sweep()
        run_jobs()

    return sweep


def test_it_moves_one_job(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song("Song of one").id).job_id
    answer = client.post(f"/admin/jobs/{job_id}/priority?status=queued", data={"queue": "low"})
    assert answer.location == "/admin/jobs?status=queued"
    assert db.session.get_one(Job, job_id, populate_existing=True).queue == "low"
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.target_id, entry.details["priority"]) == ("priority", job_id, "low")


def test_it_writes_down_what_is_done_to_one_job(client: FlaskClient, canceled: list[str]) -> None:
    client.post(f"/admin/jobs/{canceled[0]}/retry")
    client.post(f"/admin/jobs/{canceled[1]}/delete")
    client.post(f"/admin/jobs/{canceled[0]}/delete")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.outcome, entry.target_id) for entry in entries] == [
        ("retry", "done", canceled[0]),
        ("delete", "done", canceled[1]),
        ("delete", "refused", canceled[0]),
    ]
    assert "Cancel it first" in entries[-1].message
