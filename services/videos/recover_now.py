"""A recovery run now, whatever the schedule says, for those who want its figures at once if it does not take long."""

from collections.abc import Mapping
from dataclasses import dataclass

from extensions import db
from models import RecoveryRun
from services.schedules import at_once
from services.videos.recovery import SCHEDULE

IN_WORDS = {
    at_once.RUNNING: "The run is under way: these are its figures so far.",
    at_once.ALREADY_RUNNING: (
        "A run was under way from before, so no second one was started: these are its figures so far."
    ),
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
        return self.status in (at_once.COMPLETED, at_once.FAILED)


def recover_now(*, by: str) -> RunTold:
    """:raise Unavailable: if it cannot be kept just now."""
    ran = at_once.run_and_wait(SCHEDULE, by=by)
    counts = _counts(db.session.get(RecoveryRun, ran.job_id, populate_existing=True))
    db.session.rollback()
    message = IN_WORDS.get(ran.status) or ran.error or _sentence(counts)
    return RunTold(ran.status, message, ran.job_id, **counts)


def _counts(run: RecoveryRun | None) -> dict[str, int]:
    """None of a run that has not begun."""
    return {name: getattr(run, name) if run else 0 for name in ("found", "triggered", "skipped", "failed")}


def _sentence(counts: Mapping[str, int]) -> str:
    if not counts["found"]:
        return "No video was stuck."
    return "{found} found: {triggered} started again, {skipped} left alone, {failed} failed.".format(**counts)
