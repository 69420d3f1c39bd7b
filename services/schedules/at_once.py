"""Running a schedule now, and waiting a while for the end of that."""

from dataclasses import dataclass

from errors import Unavailable
from extensions import db
from models import Job, ScheduleRun
from services.jobs import patience, states
from services.schedules import control, ticking

MOST_SECONDS = 20.0

COMPLETED, RUNNING, ALREADY_RUNNING, FAILED = "completed", "running", "already_running", "failed"


@dataclass(frozen=True, slots=True)
class Ran:
    """How the job of a schedule stands; `error` is a sentence, of one that failed."""

    job_id: str
    status: str
    error: str | None = None


def run_and_wait(name: str, *, by: str) -> Ran:
    """Have a schedule run now, whatever its times; a job that is under way from before is not waited for.

    :raise NotFound: if there is no such schedule. :raise Unavailable: if its job cannot be kept just now.
    """
    row = db.session.get_one(ScheduleRun, control.run_now(name, by=by), populate_existing=True)
    job_id, note = row.job_id or "", row.note
    db.session.rollback()
    if note not in ("", ticking.ALREADY):
        raise Unavailable("The job could not be taken in just now; try again.")
    if note == ticking.ALREADY:
        return Ran(job_id, ALREADY_RUNNING)
    ran = _as_it_stands(patience.wait_for_end(job_id, most_seconds=MOST_SECONDS))
    db.session.rollback()
    return ran


def _as_it_stands(job: Job) -> Ran:
    if job.status in states.LIVE:
        return Ran(job.id, RUNNING)
    if job.status == states.FINISHED:
        return Ran(job.id, COMPLETED)
    return Ran(job.id, FAILED, job.error or f"The job was {job.status}.")
