"""The page of the queues: how they fare, and holding them back."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

import clock
from breaker import Breaker
from extensions import db, db_now, redis, transaction
from models import AuditEntry, Job, QueueState
from services.jobs.submit import submit
from tests.pages.conftest import Open

PAGE = "/admin/queues"


def _paused(queue: str) -> bool:
    db.session.rollback()
    state = db.session.get(QueueState, queue, populate_existing=True)
    return state is not None and state.paused


def test_it_is_where_admin_leads(client: FlaskClient) -> None:
    assert client.get("/admin").location == PAGE


def test_it_warns_on_every_page_of_the_console_that_nobody_works(open_page: Open) -> None:
    for address in (PAGE, "/admin/workers", "/admin/jobs", "/admin/schedules"):
        assert "No worker is running" in open_page(address).text, address


def test_it_pauses_a_queue_with_a_reason_and_resumes_it(client: FlaskClient, open_page: Open) -> None:
    client.post(f"{PAGE}/low/pause", data={"reason": "Maintenance"})
    page = open_page(PAGE)
    assert "low is paused by local operator: Maintenance" in page.text
    assert "until somebody resumes it" in page.text
    client.post(f"{PAGE}/low/resume")
    assert not _paused("low")
    actions = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.target_id, entry.actor) for entry in actions] == [
        ("pause", "low", "local operator"),
        ("resume", "low", "local operator"),
    ]


def test_it_pauses_for_a_while_and_says_until_when(client: FlaskClient, open_page: Open) -> None:
    client.post(f"{PAGE}/low/pause", data={"length": "900"})
    state = db.session.get_one(QueueState, "low")
    assert state.until is not None
    assert 890 < state.until - state.changed_at < 910
    shown = {found.get("datetime") for found in open_page(PAGE).all("time")}
    assert {clock.iso(state.changed_at), clock.iso(state.until)} <= shown


@pytest.mark.parametrize("length", ["until", ""])  # an instant that is given is meant
def test_it_pauses_until_an_instant(client: FlaskClient, length: str) -> None:
    client.post(f"{PAGE}/low/pause", data={"length": length, "until": "2099-01-01T12:30"})
    assert db.session.get_one(QueueState, "low").until == 4070953800.0


def test_it_refuses_an_end_that_has_passed(client: FlaskClient) -> None:
    data = {"length": "until", "until": "2001-01-01T00:00"}
    answer = client.post(f"{PAGE}/low/pause", data=data, follow_redirects=True)
    assert "must end in the future" in answer.text
    assert not _paused("low")


def test_it_refuses_an_end_that_is_none(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/low/pause", data={"length": "until", "until": "soon"}, follow_redirects=True)
    assert "Say until when" in answer.text


def test_it_pauses_all_but_what_operators_need(client: FlaskClient, open_page: Open) -> None:
    client.post(f"{PAGE}/pause", data={"reason": "Moving"})
    assert [_paused(name) for name in ("system", "high", "default", "low")] == [False, True, True, True]
    assert not open_page(PAGE).all("button", popovertarget="pause-all")
    client.post(f"{PAGE}/resume")
    assert not any(_paused(name) for name in ("high", "default", "low"))


def test_it_does_not_pause_what_operators_need(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/system/pause", follow_redirects=True)
    assert "cannot be paused" in answer.text
    assert not _paused("system")


def test_it_tells_that_there_is_no_such_queue(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/nowhere/pause", follow_redirects=True)
    assert "There is no queue" in answer.text


def test_it_lists_a_stuck_job_with_the_reason_and_rescues_it(client: FlaskClient, open_page: Open) -> None:
    job_id = submit("import_media", title="Left lying").job_id
    with transaction() as session:
        session.execute(update(Job).values(status="started", lease_owner="gone", lease_until=db_now() - 60))
    page = open_page(PAGE)
    assert "Left lying" in page.text
    assert "Its worker is gone, and nobody has taken it over" in page.text
    client.post(f"{PAGE}/rescue/{job_id}")
    db.session.rollback()
    job = db.session.get_one(Job, job_id, populate_existing=True)
    assert (job.status, job.attempt) == ("queued", 2)
    assert "Nothing is stuck" in open_page(PAGE).text


def test_it_works_without_redis(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Breaker, "FIRST_PAUSE_SECONDS", float("inf"))
    redis.client.connection_pool.breaker.failed()  # type: ignore[attr-defined] # as after a failed call
    page = open_page(PAGE)
    assert "Redis cannot be reached" in page.text
    assert "low" in page.text


def test_the_wall_board_has_the_live_dashboard(open_page: Open) -> None:
    page = open_page(f"{PAGE}/board")
    assert [tag for tag, attributes in page.tags if "data-queue-dashboard" in attributes] == ["div"]
