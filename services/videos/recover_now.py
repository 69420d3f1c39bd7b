"""A recovery run now, whatever the schedule says, for those who want its figures at once if it does not take long."""

from collections.abc import Mapping
from dataclasses import dataclass

from errors import Unavailable
from extensions import db
from models import Job, RecoveryRun, ScheduleRun
from services.jobs import patience, states
from services.schedules import control, ticking
from services.videos.recovery import SCHEDULE

MOST_SECONDS = 20.0

COMPLETED, RUNNING, ALREADY_RUNNING, FAILED = "completed", "running", "already_running", "failed"
IN_WORDS = {
    RUNNING: "The run is under way: these are its figures so far.",
    ALREADY_RUNNING: "A run was under way from before, so no second one was started: these are its figures so far.",
}


@dataclass(frozen=True, slots=True)
class RunTold:
    """How a run stands; its job bears the same id."""

    status: str
    message: str
    run_id: str
    found: int
    triggered: int
    skipped: int
    failed: int

    @property
    def job_id(self) -> str:
        return self.run_id

    @property
    def is_over(self) -> bool:
        return self.status in (COMPLETED, FAILED)


def recover_now(*, by: str) -> RunTold:
    """Have the schedule run now, and wait a while for the end of that; one that is under way is not waited for.

    :raise Unavailable: if it cannot be kept just now.
    """
    row = db.session.get_one(ScheduleRun, control.run_now(SCHEDULE, by=by), populate_existing=True)
    job_id, note = row.job_id or "", row.note
    db.session.rollback()
    if note not in ("", ticking.ALREADY):
        raise Unavailable("The run could not be taken in just now; try again.")
    if note == ticking.ALREADY:
        return _told(job_id, ALREADY_RUNNING, IN_WORDS[ALREADY_RUNNING])
    job = patience.wait_for_end(job_id, most_seconds=MOST_SECONDS)
    status = _status(job)
    message = IN_WORDS.get(status) or job.error or (f"The run was {job.status}." if status == FAILED else None)
    db.session.rollback()
    return _told(job_id, status, message)


def _status(job: Job) -> str:
    if job.status in states.LIVE:
        return RUNNING
    return COMPLETED if job.status == states.FINISHED else FAILED


def _told(run_id: str, status: str, message: str | None) -> RunTold:
    counts = _counts(db.session.get(RecoveryRun, run_id, populate_existing=True))
    db.session.rollback()
    return RunTold(status, message or _sentence(counts), run_id, **counts)


def _counts(run: RecoveryRun | None) -> dict[str, int]:
    """None of a run that has not begun."""
    return {name: getattr(run, name) if run else 0 for name in ("found", "triggered", "skipped", "failed")}


def _sentence(counts: Mapping[str, int]) -> str:
    if not counts["found"]:
        return "No video was stuck."
    return "{found} found: {triggered} started again, {skipped} left alone, {failed} failed.".format(**counts)
