"""The janitor's part: starting what is due, once, however many janitors there are.

A run's row is written in the transaction that moves the schedule on, with the id that its job will have; only then is
the job submitted. Whoever dies in between leaves a row that says so, and the next round submits that very job.
"""

import structlog
from sqlalchemy import insert, select, update
from ulid import ULID

import crashpoints
from errors import BackbeatError, Unavailable
from extensions import db, db_now, transaction
from models import Job, Schedule, ScheduleRun
from services.schedules import cron
from services.schedules.rows import STARTING, ensure_rows
from services.schedules.table import SCHEDULES, line_of

log = structlog.get_logger(__name__)

ALREADY = "It was still under way from before, so no second one was started."
# A run that has been starting for so long was left by somebody who died.
LEFT_AFTER_SECONDS = 30.0
GIVEN_UP_AFTER_SECONDS = 86_400.0


def tick() -> None:
    """One round: two reads if nothing is due. A time that was missed is made up for once, not as often as missed."""
    ensure_rows()
    for name, due_at in _due():
        run_id = _take(name, due_at)
        if run_id is not None:
            crashpoints.reached("S1")
            launch(run_id)
    for run_id in _left():
        launch(run_id)


def _due() -> list[tuple[str, float]]:
    due = select(Schedule.name, Schedule.next_at).where(
        Schedule.paused.is_(False), Schedule.next_at <= db_now(), Schedule.name.in_(list(SCHEDULES))
    )
    rows = [(row.name, row.next_at) for row in db.session.execute(due)]
    db.session.rollback()
    return rows


def _take(name: str, due_at: float) -> int | None:
    """Move the schedule on and write the run down; None if another janitor has done it."""
    with transaction() as session:
        now, expression = session.execute(select(db_now(), Schedule.cron).where(Schedule.name == name)).one()
        ours = session.execute(
            update(Schedule)
            .where(Schedule.name == name, Schedule.paused.is_(False), Schedule.next_at == due_at)
            .values(next_at=cron.next_time(expression, now))
            .returning(Schedule.name)
        ).one_or_none()
        if ours is None or session.scalar(
            select(ScheduleRun.id).where(ScheduleRun.name == name, ScheduleRun.at == due_at)
        ):
            return None
        run = {"name": name, "at": due_at, "started_at": now, "job_id": str(ULID()), "note": STARTING}
        return int(session.execute(insert(ScheduleRun).values(**run).returning(ScheduleRun.id)).scalar_one())


def _left() -> list[int]:
    age = db_now() - ScheduleRun.started_at
    left = select(ScheduleRun.id).where(
        ScheduleRun.note == STARTING, age > LEFT_AFTER_SECONDS, age < GIVEN_UP_AFTER_SECONDS
    )
    ids = list(db.session.scalars(left))
    db.session.rollback()
    return ids


def launch(run_id: int) -> None:
    """Submit the job of a run, unless it is there already, and note how that went."""
    run = db.session.get_one(ScheduleRun, run_id, populate_existing=True)
    name, job_id = run.name, run.job_id or ""
    is_there = db.session.get(Job, job_id) is not None
    db.session.rollback()
    try:
        submission = None if is_there else line_of(name).start(job_id)
    except Unavailable as e:  # it stays `starting`, and a later round tries again
        log.warning("schedule_not_started", schedule=name, error=e.message)
    except BackbeatError as e:
        _note(run_id, None, e.message)
    else:
        started = submission.job_id if submission else job_id
        crashpoints.reached("S2")
        _note(run_id, started, "" if started == job_id else ALREADY)
        log.info("schedule_started", schedule=name, job_id=started)


def _note(run_id: int, job_id: str | None, note: str) -> None:
    with transaction() as session:
        session.execute(update(ScheduleRun).where(ScheduleRun.id == run_id).values(job_id=job_id, note=note[:300]))
