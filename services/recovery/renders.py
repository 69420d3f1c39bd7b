"""Renders whose end is waited for longer than most take, and those that were given up (`services/renders/stuck`)."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from sqlalchemy import exists, select

from errors import Conflict
from extensions import db
from models import Job, Render
from services import audit
from services.jobs.submit import active_key
from services.recovery import clockwork
from services.recovery.things import Act, Finder, Remedy, StuckThing
from services.renders import check_now, retrying, states, stuck
from services.renders.cycle import CHECK_RENDERS, SCHEDULE
from services.renders.reads import no_such_render
from services.renders.start import RENDER
from services.renders.stuck import StuckRender
from services.schedules import control

KIND = "renders"

LOOK = Remedy("Look now", "Look for its output, and ask the renderer, in a cycle that begins at once")
ASK = Remedy("Ask again", "Ask the renderer for it anew")


def find(limit: int) -> Sequence[StuckThing]:
    next_run = clockwork.next_run(SCHEDULE)
    return [_told(render, next_run) for render in stuck.stuck_renders(limit)]


def act(render_id: str, by: str) -> str:
    """Ask anew for what was given up, and look for what is under way.

    :raise NotFound: if there is no such render. :raise Conflict: if it is over, or the renderer refuses.
    """
    return _act(render_id, by, retrying.retry)


def at_a_press() -> Act:
    """Jobs ask: a renderer that does not answer would be waited for anew with each."""
    return partial(_act, ask=retrying.retry_later)


class _Ask(Protocol):
    def __call__(self, render_id: str, /, *, by: str) -> None: ...


def _act(render_id: str, by: str, ask: _Ask) -> str:
    status = db.session.scalar(select(Render.status).where(Render.id == render_id))
    db.session.rollback()
    if status is None:
        raise no_such_render(render_id)
    if status == states.EXPIRED:
        ask(render_id, by=by)
        return "The renderer was asked for it again."
    if not check_now.look_soon([render_id]):
        raise Conflict(f"The render is {status}; nobody waits for it any more.", code="not_stuck")
    if not _cycle_is_live():
        control.run_now(SCHEDULE, by=by)
    audit.record(by, "recover", RENDER, render_id)
    return "It is looked for now; what is found shows within seconds."


def _cycle_is_live() -> bool:
    """Which takes it up too, or the next does."""
    key = active_key(CHECK_RENDERS, "schedule", SCHEDULE, {})
    found = db.session.scalar(select(exists().where(Job.active_key == key)))
    db.session.rollback()
    return bool(found)


def _told(render: StuckRender, next_run: float | None) -> StuckThing:
    is_given_up = render.status == states.EXPIRED
    return StuckThing(
        kind=KIND,
        id=render.render_id,
        title=f"{render.operation} for {render.target_type} {render.target_id}",
        detail=render.external_job_id or "not taken by the renderer yet",
        url=f"/admin/renders/{render.render_id}",
        why=render.why.rstrip("."),
        since=render.since,
        next=_next(is_given_up, next_run),
        next_at=None if next_run is None else max(next_run, render.next_check_at or 0.0),
        remedy=ASK if is_given_up else LOOK,
    )


def _next(is_given_up: bool, next_run: float | None) -> str:
    if next_run is None:
        return f"Nothing, but for the renderer's call: the schedule “{clockwork.label(SCHEDULE)}” is paused"
    return "It is looked for once an hour, for a week" if is_given_up else "It is looked for again"


FINDER = Finder(
    KIND,
    "Renders",
    "Under way for more than five minutes without news, or given up.",
    "/admin/renders",
    find,
    stuck.count_stuck,
    act,
    at_a_press,
)
