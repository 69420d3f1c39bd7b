"""A cycle now, whatever the schedule says, for those who want its figures at once if it does not take long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import update

from extensions import db, db_now, transaction
from models import Render, RenderCycle
from services.renders.applying import COUNTED
from services.renders.cycle import SCHEDULE
from services.renders.due import LOOKED_AT
from services.schedules import at_once

IN_WORDS = {
    at_once.RUNNING: "The cycle is under way: these are its figures so far.",
    at_once.ALREADY_RUNNING: (
        "A cycle was under way from before, so no second one was started: these are its figures so far."
    ),
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
        return self.status in (at_once.COMPLETED, at_once.FAILED)


def look_soon(render_ids: Sequence[str]) -> int:
    """Have these looked at in the next cycle, however lately they were; how many of them are looked for at all."""
    with transaction() as session:
        meant = update(Render).where(Render.id.in_(render_ids), Render.status.in_(LOOKED_AT)).values(check_at=db_now())
        found = session.execute(meant.returning(Render.id).execution_options(synchronize_session=False)).all()
    return len(found)


def check_now(*, by: str) -> CycleTold:
    """Have the schedule run now, and wait a while for the end of that; one that is under way is not waited for.

    :raise Unavailable: if it cannot be kept just now.
    """
    ran = at_once.run_and_wait(SCHEDULE, by=by)
    counts = _counts(db.session.get(RenderCycle, ran.job_id, populate_existing=True))
    db.session.rollback()
    return CycleTold(ran.status, IN_WORDS.get(ran.status) or ran.error or _sentence(counts), ran.job_id, counts)


def _counts(cycle: RenderCycle | None) -> dict[str, int]:
    """None of a cycle that has found nothing."""
    return {name: getattr(cycle, name) if cycle else 0 for name in COUNTED}


def _sentence(counts: Mapping[str, int]) -> str:
    if not counts["checked"]:
        return "No render was due to be looked at."
    told = "{checked} looked at: {completed} completed, {failed} failed, {expired} given up, {still_processing} go on."
    return told.format(**counts)
