"""Sessions and their cycles: one at a time, a cycle every interval, each rung for when it is due."""

from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import func, select, update

from config import Settings
from errors import Conflict
from extensions import db, redis, transaction
from models import Job, User
from services.bulk import moves as bulk_moves
from services.bulk.actions import ACTIONS, RETRY
from services.footage import dispatch, sessions, states
from services.jobs import operations
from services.jobs import states as job_states
from services.jobs.janitor import Janitor
from services.jobs.registry import QUEUES
from services.jobs.runner import Runner
from services.library.users import default_owner
from store.bell import Bell
from tests.conftest import RunJobs
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"poll_duration": 100.0, "poll_interval": 30.0}


def _cycles(*status: str) -> list[Job]:
    db.session.rollback()
    cycles = select(Job).where(Job.type == "footage_cycle", Job.status.in_(status or job_states.ALL))
    return list(db.session.scalars(cycles.order_by(Job.position)))


def _let_all_be_due() -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.status == job_states.SCHEDULED).values(due_at=0.0))


def test_a_second_is_refused_with_the_id_of_the_first(owner: User, live_session: str) -> None:
    with pytest.raises(Conflict) as refused:
        sessions.start(owner.id)
    assert refused.value.details == {"job_id": live_session}


def test_it_has_a_cycle_every_interval(live_session: str, runner: Runner) -> None:
    runner.deliver(live_session, 1)
    began_at = db.session.get_one(Job, live_session, populate_existing=True).started_at or 0.0
    assert [round(cycle.due_at - began_at) for cycle in _cycles()] == [0, 30, 60, 90, 100]
    assert [cycle.status for cycle in _cycles()] == [job_states.QUEUED] + [job_states.SCHEDULED] * 4


@pytest.mark.parametrize(
    ("duration", "interval", "delays"), [(30.0, 30.0, [0, 30]), (10.0, 30.0, [0, 10]), (60.0, 30.0, [0, 30, 60])]
)
def test_it_is_live_until_its_duration_is_over(duration: float, interval: float, delays: list[float]) -> None:
    settings = Settings(poll_duration=duration, poll_interval=interval)
    assert sessions.delays_of(settings) == delays


def test_cycles_are_rung_for_when_they_are_due(live_session: str, run_jobs: RunJobs, janitor: Janitor) -> None:
    run_jobs()
    Redis.flushall(redis.client)
    _let_all_be_due()
    janitor.sweep()
    assert [name for name in Bell(redis.client).rings_of(QUEUES) if name.startswith(f"{live_session}-lane")]


def test_late_cycles_are_one(live_session: str, run_jobs: RunJobs, janitor: Janitor, add_footage: AddFootage) -> None:
    run_jobs()
    add_footage("AF0001")
    _let_all_be_due()
    janitor.sweep()
    run_jobs()
    results = [cycle.result for cycle in _cycles()]
    assert results[1:4] == [{"skipped": True}] * 3
    assert results[4] == {"resumed": 0, "sent_to_wait": 0, "begun": {"file_info": 1}}


def test_it_ends_with_its_totals(
    live_session: str, run_jobs: RunJobs, janitor: Janitor, add_footage: AddFootage
) -> None:
    add_footage("AF0001", status=states.GENERATING_EMBEDDINGS)
    run_jobs()
    _let_all_be_due()
    janitor.sweep()
    run_jobs()
    job = db.session.get_one(Job, live_session, populate_existing=True)
    assert job.status == job_states.FINISHED
    assert job.result == {"moved": 1, "failures": 0, "completed": 1, "failed": 0, "waiting": 0}


def test_its_totals_count_every_try_that_failed(
    add_footage: AddFootage, run_steps: Callable[[], None], monkeypatch: pytest.MonkeyPatch, live_session: str
) -> None:
    def before(_key: str | int, _context: object) -> None:
        raise ValueError("broken")

    quick.install(monkeypatch, before)
    add_footage("AF0001")
    dispatch.move_on()
    run_steps()
    assert sessions.totals_since(0.0) == {"moved": 0, "failures": 5, "completed": 0, "failed": 1, "waiting": 0}


def test_one_that_is_canceled_begins_nothing_more(
    live_session: str, run_jobs: RunJobs, add_footage: AddFootage
) -> None:
    run_jobs()
    operations.cancel(live_session)
    assert _cycles(*job_states.LIVE) == []
    add_footage("AF0001")
    dispatch.place_freed()
    assert db.session.scalar(select(func.count()).where(Job.type == "footage_file_info")) == 0
    assert not sessions.begin(default_owner().id).already_running


def test_the_overview_tells_of_sessions_and_records(live_session: str, add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.COMPLETE)
    add_footage("AF0002", status=states.FAILED)
    told = sessions.overview()
    assert told["session"]["job_id"] == live_session
    assert (told["total"], told["successes"], told["failures"]) == (2, 1, 1)
    assert set(told["records"]) == set(states.FOOTAGE)
    assert quick.status_of("AF0001") == states.COMPLETE


def test_one_that_is_over_is_not_started_over(live_session: str, run_jobs: RunJobs) -> None:
    run_jobs()
    operations.cancel(live_session)
    cycle_id = _cycles(job_states.CANCELED)[0].id
    for job_id in (live_session, cycle_id):
        with pytest.raises(Conflict, match="start a new session"):
            operations.retry(job_id)
    assert db.session.scalars(select(Job.id).where(ACTIONS[RETRY].fitting(""))).all() == []
    with transaction() as session:
        assert bulk_moves.apply(session, ACTIONS[RETRY], [live_session, cycle_id], "default").count == 0
    assert _cycles(*job_states.LIVE) == []
