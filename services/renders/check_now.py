"""A cycle now, whatever the schedule says, for those who want its figures at once if it does not take long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import update

from errors import Unavailable
from extensions import db, db_now, transaction
from models import Job, Render, RenderCycle, ScheduleRun
from services.jobs import patience
from services.jobs import states as job_states
from services.renders.applying import COUNTED
from services.renders.cycle import SCHEDULE
from services.renders.due import LOOKED_AT
from services.schedules import control, ticking

MOST_SECONDS = 20.0

COMPLETED, RUNNING, ALREADY_RUNNING, FAILED = "completed", "running", "already_running", "failed"
IN_WORDS = {
    RUNNING: "The cycle is under way: these are its figures so far.",
    ALREADY_RUNNING: "A cycle was under way from before, so no second one was started: these are its figures so far.",
}


@dataclass(frozen=True, slots=True)
class CycleTold:
    """How a cycle stands; `counts` are by `COUNTED`."""

    status: str
    message: str
    job_id: str
    counts: Mapping[str, int]

    @property
    def is_over(self) -> bool:
        return self.status in (COMPLETED, FAILED)


def look_soon(render_ids: Sequence[str]) -> int:
    """Have these looked at in the next cycle, however lately they were; how many of them are looked for at all."""
    with transaction() as session:
        meant = update(Render).where(Render.id.in_(render_ids), Render.status.in_(LOOKED_AT)).values(check_at=db_now())
        found = session.execute(meant.returning(Render.id).execution_options(synchronize_session=False)).all()
    return len(found)


def check_now(*, by: str, wait_seconds: float = MOST_SECONDS) -> CycleTold:
    """Have the schedule run now, and wait a while for the end of that; one that is under way is not waited for.

    :raise Unavailable: if it cannot be kept just now.
    """
    row = db.session.get_one(ScheduleRun, control.run_now(SCHEDULE, by=by), populate_existing=True)
    job_id, note = row.job_id or "", row.note
    db.session.rollback()
    if note not in ("", ticking.ALREADY):
        raise Unavailable("The cycle could not be taken in just now; try again.")
    if note == ticking.ALREADY:
        return _told(job_id, ALREADY_RUNNING, IN_WORDS[ALREADY_RUNNING])
    job = patience.wait_for_end(job_id, most_seconds=wait_seconds)
    status, message = _status(job), job.error
    db.session.rollback()
    return _told(job_id, status, IN_WORDS.get(status) or message)


def _status(job: Job) -> str:
    if job.status in job_states.LIVE:
        return RUNNING
    return COMPLETED if job.status == job_states.FINISHED else FAILED


def _told(job_id: str, status: str, message: str | None) -> CycleTold:
    row = db.session.get(RenderCycle, job_id, populate_existing=True)
    counts = {name: getattr(row, name) if row else 0 for name in COUNTED}
    db.session.rollback()
    return CycleTold(status, message or _sentence(counts), job_id, counts)


def _sentence(counts: Mapping[str, int]) -> str:
    if not counts["checked"]:
        return "No render was due to be looked at."
    told = "{checked} looked at: {completed} completed, {failed} failed, {expired} given up, {still_processing} go on."
    return told.format(**counts)
