"""Two janitors at once, one of which stands still for a while."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from extensions import db_now, transaction
from models import Schedule
from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.ops.launching import PROJECT
from tests.stack import Stack
from tests.waiting import wait_until

TICKS = 4
STOPS_TRIED = 10
JOBS = 20
DAY_SECONDS = 86_400
STANDS_STILL_SECONDS = 10.0
LOOKS_SECONDS = 3.0  # several rounds of both


@row("27", "two janitors, one stopped (SIGSTOP) and continued: ticks and rings once each", bound_seconds=20)
def two_janitors(kit: Kit) -> Outcome:
    """Ticks while both watch, ticks that are missed while both stand still, and work that nobody has rung for."""
    with kit.stack() as stack, inside(stack), second_janitor(stack) as second:
        first = stack.processes("janitor")[0]
        for _ in range(TICKS):
            _tick(stack)
        _stop(second)
        _tick(stack)
        time.sleep(STANDS_STILL_SECONDS)
        second.resume()
        seconds = _missed_by_both(stack, first, second)
        jobs = [submit("stumble_once").job_id for _ in range(JOBS)]  # the janitor queues what is to be tried again
        for job_id in jobs:
            stack.ended(job_id)
        time.sleep(LOOKS_SECONDS)
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), jobs)
        ticks, made = _runs(stack), len(stack.rows("SELECT id FROM job WHERE type = 'prune_history'"))
    wanted = TICKS + 2
    return Outcome(
        wanted + JOBS,
        lost + max(0, wanted - made),
        doubled + max(0, max(ticks, made) - wanted),
        seconds,
        note="3 days of missed ticks are made good once",
    )


@contextmanager
def second_janitor(stack: Stack) -> Iterator[psutil.Process]:
    command = [sys.executable, "-m", "tests.faults.start", "workers.janitor"]
    with stack.log.open("a") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=stack.environ, stdout=log, stderr=log)
    try:
        wait_until(lambda: len(stack.rows("SELECT name FROM heartbeat WHERE kind = 'janitor'")) == 2, "it watches")
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def _stop(*janitors: psutil.Process) -> None:
    """SIGSTOP outside a transaction: one that stands still within locks SQLite for everybody, which row 6 is about."""
    for _ in range(STOPS_TRIED):
        for janitor in janitors:
            janitor.suspend()
        try:
            with transaction():
                return
        except OperationalError:
            for janitor in janitors:
                janitor.resume()
            time.sleep(0.3)  # past what it was in the middle of
    raise AssertionError("The janitors were in a transaction whenever they were stopped.")


def _tick(stack: Stack, *, late_seconds: float = 0.0) -> None:
    """Make the schedule due, and wait until somebody has taken that and its job is over."""
    before = _runs(stack)
    _make_due(stack, late_seconds)
    wait_until(lambda: _runs(stack) > before and not _live(stack), "the tick is taken", within_seconds=60)


def _make_due(stack: Stack, late_seconds: float) -> None:
    wait_until(lambda: stack.rows("SELECT 1 FROM schedule WHERE name = 'clean_up'"), "the schedule is there")
    with transaction() as session:
        session.execute(update(Schedule).where(Schedule.name == "clean_up").values(next_at=db_now() - late_seconds))


def _missed_by_both(stack: Stack, first: psutil.Process, second: psutil.Process) -> float:
    """Both stand still while days go by, and wake at once; how long it takes to make that good."""
    _stop(first, second)
    before = _runs(stack)
    _make_due(stack, 3 * DAY_SECONDS)
    woken = time.monotonic()
    second.resume()
    first.resume()
    wait_until(lambda: _runs(stack) > before and not _live(stack), "it is made good", within_seconds=60)
    return time.monotonic() - woken


def _runs(stack: Stack) -> int:
    """How many ticks were taken, and their jobs submitted."""
    return len(stack.rows("SELECT id FROM schedule_run WHERE name = 'clean_up' AND note <> 'starting'"))


def _live(stack: Stack) -> bool:
    return bool(stack.rows("SELECT id FROM job WHERE status NOT IN ('finished', 'failed', 'canceled')"))
