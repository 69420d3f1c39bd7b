"""Having a render begun anew that failed or was given up: the same render, with another token.

What is still heard or seen of the earlier asking changes nothing any more: it came with the old token, or was looked at
with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import BackbeatError, Conflict
from extensions import db, db_now, transaction
from models import Job, Render
from services import audit, vault
from services.access import tokens as secrets
from services.jobs.submit import Promise, active_key, keep, promise
from services.renders import events, filters, listing, renderers, start, states, targets, timing
from services.renders.reads import no_such_render

MOST = 200  # at a time
TARGET_BUSY, NOT_OVER, SUPERSEDED = "target_busy", "not_over", "superseded"


@dataclass(slots=True)
class Retried:
    """How many were begun anew, and why others were not, by the codes of errors; `left` are as many as fit beyond."""

    retried: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    left: int = 0


def retry(render_id: str, *, by: str) -> None:
    """Begin it anew, and ask the renderer at once, or by a job if it does not answer.

    :raise NotFound: if there is no such render, or its target is gone.
    :raise Conflict: if it is under way or completed, its target has another one under way, there is no renderer, or it
        refuses.
    """
    renderers.current()
    start.ask_now(render_id, _begin_anew(render_id, by).owner_id)


def retry_later(render_id: str, *, by: str) -> None:
    """Begin it anew, and have a job ask the renderer; else as `retry`.

    :raise Conflict: also if its target has been given a later one: what is made of it would overwrite that.
    """
    renderers.current()
    _have_asked(_begin_anew(render_id, by, only_newest=True))


def retry_many(render_ids: Sequence[str], *, by: str) -> Retried:
    """The first `MOST` of these, each on its own, but for those whose target has a later one; jobs ask the renderer.

    :raise Conflict: if there is no renderer.
    """
    renderers.current()
    told = Retried(left=max(0, len(render_ids) - MOST))
    for render_id in render_ids[:MOST]:
        try:
            begun = _begin_anew(render_id, by, only_newest=True)
        except BackbeatError as e:
            told.skipped[e.code] = told.skipped.get(e.code, 0) + 1
            continue
        told.retried += 1
        _have_asked(begun)
    return told


def retry_all(wanted: filters.RenderFilter, *, by: str) -> Retried:
    """The oldest `MOST` of those that are meant and can be begun anew."""
    ids = listing.ids_to_retry(wanted, MOST)
    db.session.rollback()
    told = retry_many(ids, by=by)
    told.left = listing.retryable(wanted)[0] if len(ids) == MOST else 0
    db.session.rollback()
    return told


@dataclass(frozen=True, slots=True)
class _Begun:
    """`promised` asks for it; None where a job is live already that does."""

    owner_id: int
    promised: Promise | None


def _have_asked(begun: _Begun) -> None:
    if begun.promised is not None:
        keep(begun.promised)


def _begin_anew(render_id: str, by: str, *, only_newest: bool = False) -> _Begun:
    try:
        with transaction() as session:
            return _written(session, render_id, by, only_newest)
    except IntegrityError as e:  # its target has one under way since we looked
        raise _busy() from e


def _written(session: Session, render_id: str, by: str, only_newest: bool) -> _Begun:
    render = session.get(Render, render_id, populate_existing=True)
    if render is None:
        raise no_such_render(render_id)
    before = render.status
    owner_id, target_type, target_id = render.owner_id, render.target_type, render.target_id
    if before not in listing.RETRYABLE or not _reopened(
        session, render_id, before, start.key_of(target_type, target_id)
    ):
        raise _not_over(render_id, before)
    target = targets.find(session, owner_id, target_type, target_id)
    if only_newest and target.render_id != render_id:
        raise _superseded(render_id)
    targets.hand_over(target, target_type, render_id)
    events.record(session, render_id, events.RETRIED, "", note=f"By {by}; it was {before}.")
    audit.write(session, by, "retry_render", "render", render_id, details={"was": before})
    return _Begun(owner_id, _promised(session, render_id, owner_id))


def _reopened(session: Session, render_id: str, before: str, key: str) -> bool:
    """False if somebody was quicker. :raise Conflict: if its target has another one under way."""
    if session.scalar(select(exists().where(Render.active_key == key))):
        raise _busy()
    token = secrets.new()
    fresh = {"token": vault.seal(token), "token_hash": secrets.digest(token), "status": states.PROCESSING}
    nothing = dict.fromkeys(
        ("found_by", "output_url", "error", "external_job_id", "asking_until", "asked_at", "finished_at"), None
    )
    unseen = {"told_done_at": None, "output_at": None, "output_bytes": None, "is_contradicted": False, "note": ""}
    times = {"retried_at": db_now(), "updated_at": db_now(), "check_at": db_now() + timing.FIRST_CHECK_SECONDS}
    reopened = session.execute(
        update(Render)
        .where(Render.id == render_id, Render.status == before)
        .values(active_key=key, check_errors=0, **fresh, **nothing, **unseen, **times)
        .returning(Render.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return reopened is not None


def _promised(session: Session, render_id: str, owner_id: int) -> Promise | None:
    """A job that asks at once. One that is live from before may be at its end; then the next cycle has it asked for."""
    key = active_key(start.TEND_RENDER, start.RENDER, render_id, {})
    if session.scalar(select(exists().where(Job.active_key == key))):
        return None
    return promise(
        session,
        start.TEND_RENDER,
        target_type=start.RENDER,
        target_id=render_id,
        title=start.TITLE,
        owner_id=owner_id,
    )


def _busy() -> Conflict:
    return Conflict("Its target has another render under way; wait for its end.", code=TARGET_BUSY)


def _not_over(render_id: str, status: str) -> Conflict:
    return Conflict(
        f"The render {render_id} is {status}; what failed or was given up can be begun anew.", code=NOT_OVER
    )


def _superseded(render_id: str) -> Conflict:
    return Conflict(
        f"The target of the render {render_id} has a later one since; retry that, or this one alone.", code=SUPERSEDED
    )
