"""What runs by the clock runs once, whoever watches the clock."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import Conflict, InvalidInput, NotFound, Unavailable
from extensions import db, db_now, transaction
from models import AuditEntry, Job, Schedule, ScheduleRun
from services.jobs.submit import Submission, submit
from services.schedules import control, cron, overview, table, ticking
from services.schedules.rows import STARTING, ensure_rows
from services.schedules.table import Line

NAME = "count_at_night"
Started = list[str]


@pytest.fixture
def started(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Started:
    """Job ids that the one schedule of these tests has started."""
    ids: Started = []

    def start(job_id: str) -> Submission:
        ids.append(job_id)
        return submit("count", target_type="schedule", target_id=NAME, job_id=job_id)

    line = Line(NAME, "Count", "Counts.", "15 3 * * *", start)
    monkeypatch.setattr(table, "SCHEDULES", {NAME: line})
    for module in (ticking, overview):
        monkeypatch.setattr(module, "SCHEDULES", {NAME: line})
    monkeypatch.setattr("services.schedules.rows.SCHEDULES", {NAME: line})
    ensure_rows()
    return ids


def _schedule() -> Schedule:
    db.session.rollback()
    return db.session.get_one(Schedule, NAME, populate_existing=True)


def _runs() -> list[ScheduleRun]:
    db.session.rollback()
    return list(db.session.scalars(select(ScheduleRun).order_by(ScheduleRun.id)))


def _make_due(seconds_ago: float = 1.0) -> float:
    with transaction() as session:
        due_at = (session.scalar(select(db_now())) or 0.0) - seconds_ago
        session.execute(update(Schedule).values(next_at=due_at))
    return due_at


def test_it_begins_with_the_next_time_that_fits(started: Started) -> None:
    schedule = _schedule()
    assert schedule.next_at == cron.next_time("15 3 * * *", schedule.changed_at)
    ticking.tick()
    assert started == []


def test_it_starts_what_is_due_once_and_moves_on(started: Started) -> None:
    due_at = _make_due()
    ticking.tick()
    ticking.tick()
    (run,) = _runs()
    assert (run.at, run.job_id, run.note, run.started_by) == (due_at, started[0], "", "")
    assert len(started) == 1
    assert (_schedule().next_at or 0) > run.started_at


def test_it_makes_up_once_for_many_times_that_were_missed(started: Started) -> None:
    _make_due(seconds_ago=30 * 86_400)
    ticking.tick()
    ticking.tick()
    assert len(started) == 1


def test_two_janitors_start_it_once(app: Flask, started: Started) -> None:
    _make_due()
    barrier = threading.Barrier(2)

    def janitor() -> None:
        with app.app_context():
            due = ticking._due()
            barrier.wait(10)
            for name, due_at in due:
                run_id = ticking._take(name, due_at)
                if run_id is not None:
                    ticking.launch(run_id)
            db.session.remove()

    threads = [threading.Thread(target=janitor) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(_runs()) == len(started) == 1


def test_a_run_whose_janitor_died_before_the_job_was_there_is_started_later(started: Started) -> None:
    run_id = ticking._take(NAME, _make_due())
    ticking.tick()
    assert started == []  # its janitor may still be at it
    _age(run_id, 60)
    ticking.tick()
    (run,) = _runs()
    assert (run.job_id, run.note) == (started[0], "")


def test_a_run_whose_janitor_died_after_the_job_was_there_is_not_started_again(started: Started) -> None:
    run_id = ticking._take(NAME, _make_due())
    job_id = _runs()[0].job_id
    submit("count", target_type="schedule", target_id=NAME, job_id=job_id)
    with transaction() as session:
        session.execute(update(Job).values(status="finished", active_key=None))
    _age(run_id, 60)
    ticking.tick()
    assert started == []
    assert (_runs()[0].job_id, _runs()[0].note) == (job_id, "")


def _age(run_id: int | None, seconds: float) -> None:
    with transaction() as session:
        aged = ScheduleRun.started_at - seconds
        session.execute(update(ScheduleRun).where(ScheduleRun.id == run_id).values(started_at=aged))


def test_it_starts_no_second_one_beside_one_that_runs(started: Started) -> None:
    first = submit("count", target_type="schedule", target_id=NAME).job_id
    _make_due()
    ticking.tick()
    (run,) = _runs()
    assert (run.job_id, run.note) == (first, ticking.ALREADY)


@pytest.mark.parametrize(
    ("error", "note"), [(Conflict("Nothing to do."), "Nothing to do."), (Unavailable("Not now."), STARTING)]
)
def test_it_notes_why_it_could_not_be_started(
    started: Started, monkeypatch: pytest.MonkeyPatch, error: Exception, note: str
) -> None:
    def refuse(_job_id: str) -> Submission:
        raise error

    monkeypatch.setitem(table.SCHEDULES, NAME, Line(NAME, "", "", "* * * * *", refuse))
    _make_due()
    ticking.tick()
    assert _runs()[0].note == note


def test_a_paused_one_does_not_run_by_the_clock_but_on_demand(started: Started) -> None:
    _make_due()
    control.pause(NAME, by="ann", reason="Holidays")
    ticking.tick()
    assert started == []
    control.run_now(NAME, by="ann")
    assert len(started) == 1
    assert _runs()[0].started_by == "ann"


def test_a_resumed_one_does_not_make_up_for_the_pause(started: Started) -> None:
    control.pause(NAME, by="ann")
    control.resume(NAME, by="bob")
    schedule = _schedule()
    assert not schedule.paused
    assert schedule.next_at == cron.next_time("15 3 * * *", schedule.changed_at)


def test_its_times_can_be_changed_and_outlive_a_new_release(started: Started) -> None:
    control.change(NAME, " 0  4 * * * ", by="ann")
    ensure_rows()
    assert (_schedule().cron, _schedule().changed_by) == ("0 4 * * *", "ann")


def test_a_new_release_may_change_what_nobody_else_has(started: Started) -> None:
    with transaction() as session:
        session.execute(update(Schedule).values(cron="0 0 1 1 *", next_at=9e9))
    ensure_rows()
    assert _schedule().cron == "15 3 * * *"
    assert (_schedule().next_at or 0) < 9e9


def test_all_that_is_done_to_it_is_written_down(started: Started) -> None:
    control.pause(NAME, by="ann", reason="Holidays")
    control.resume(NAME, by="bob")
    control.change(NAME, "0 4 * * *", by="bob")
    control.run_now(NAME, by="cid")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.actor, entry.action, entry.target_id) for entry in entries] == [
        ("ann", "pause_schedule", NAME),
        ("bob", "resume_schedule", NAME),
        ("bob", "change_schedule", NAME),
        ("cid", "run_schedule", NAME),
    ]
    assert entries[3].job_id == started[0]


def test_there_is_no_other_schedule(started: Started) -> None:
    with pytest.raises(NotFound):
        control.pause("nowhere", by="ann")


@pytest.mark.parametrize(
    "expression", ["", "@daily", "0 0 31 2 *", "61 * * * *", "* * * *", "0 0 0 * * *", "a b c d e", "R R * * *"]
)
def test_it_refuses_what_is_no_time(expression: str) -> None:
    with pytest.raises(InvalidInput):
        cron.check(expression)


@pytest.mark.parametrize(("expression", "words"), [("15 3 * * *", "At 03:15"), ("*/15 * * * *", "Every 15 minutes")])
def test_it_tells_times_in_words(expression: str, words: str) -> None:
    assert cron.in_words(expression) == words


def test_the_overview_tells_the_last_run_with_its_outcome(started: Started, run_jobs: Callable[[], None]) -> None:
    control.run_now(NAME, by="ann")
    run_jobs()
    db.session.rollback()
    (entry,) = overview.entries()
    assert entry.last is not None
    assert (entry.last.status, entry.last.job_id, entry.last.started_by) == ("finished", started[0], "ann")
    assert len(entry.next_times) == 3
