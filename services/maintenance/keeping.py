"""The janitor's part, and what operators do to a window that is open.

A window pauses its queues until it closes, so that the janitor resumes them as it does after any pause.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from extensions import db, db_now, transaction
from models import MaintenanceHold, MaintenanceWindow, QueueState
from services import audit
from services.jobs import pauses
from services.maintenance import windows
from services.maintenance.calendar import Span
from services.maintenance.holding import Pause, decide

log = structlog.get_logger(__name__)

BY = "a maintenance window"
HOLDS_KEPT_SECONDS = 86_400.0


def keep() -> None:
    """Hold back the queues of what is open. One SELECT if there is no window, one more for each that is open."""
    rows = windows.all_windows()
    now = float(db.session.scalar(select(db_now())) or 0.0) if rows else 0.0
    wanted = [(row.id, row.name, span, row.queues) for row in rows if (span := windows.open_span(row, now))]
    to_hold = [
        (window_id, name, span, queue)
        for window_id, name, span, queues in wanted
        for queue in queues
        if _deed(db.session(), window_id, span, queue) == "hold"
    ]
    db.session.rollback()
    for window_id, name, span, queue in to_hold:
        _hold(window_id, name, span, queue)


def _deed(session: Session, window_id: int, span: Span, queue: str) -> str:
    state = session.get(QueueState, queue, populate_existing=True)
    pause = Pause(state.until) if state is not None and state.paused else None
    held = session.get(MaintenanceHold, (window_id, span.starts_at, queue), populate_existing=True)
    return decide(pause, was_held=held is not None, ends_at=span.ends_at)


def _hold(window_id: int, name: str, span: Span, queue: str) -> None:
    """Pause the queue and remember that the window did, in one transaction; not if that is settled by now."""
    with transaction() as session:
        window = session.get(MaintenanceWindow, window_id, populate_existing=True, with_for_update=True)
        if window is None or window.ended_start == span.starts_at or _deed(session, window_id, span, queue) != "hold":
            return
        now = float(session.scalar(select(db_now())) or 0.0)
        pauses.hold(session, queue, by=BY, reason=name, until=span.ends_at, now=now)
        session.merge(MaintenanceHold(window_id=window_id, starts_at=span.starts_at, queue=queue, ends_at=span.ends_at))
        old = MaintenanceHold.ends_at < db_now() - HOLDS_KEPT_SECONDS
        session.execute(delete(MaintenanceHold).where(old).execution_options(synchronize_session=False))
    log.info("maintenance_holds", window=name, queue=queue)


def end_early(window_id: int, *, by: str) -> bool:
    """Close the window now, and let go of the queues that it holds back; those that somebody paused stay so.

    False if it was not open.

    :raise NotFound: if there is none such.
    """
    with transaction() as session:
        window = windows.locked(session, window_id)
        span = windows.open_span(window, float(session.scalar(select(db_now())) or 0.0))
        if span is None:
            return False
        held = _held_by(session, window_id, span)
        closed = update(MaintenanceWindow).where(MaintenanceWindow.id == window_id)
        session.execute(closed.values(ended_start=span.starts_at))
        audit.write(session, by, "end_window", "window", str(window_id), details={"title": window.name})
    _let_go(held, by=by)
    return True


def remove(window_id: int, *, by: str) -> None:
    """Forget the window; if it is open, it is closed first.

    :raise NotFound: if there is none such.
    """
    end_early(window_id, by=by)
    with transaction() as session:
        window = windows.locked(session, window_id)
        audit.write(session, by, "remove_window", "window", str(window_id), details={"title": window.name})
        session.execute(delete(MaintenanceWindow).where(MaintenanceWindow.id == window_id))


def _held_by(session: Session, window_id: int, span: Span) -> list[str]:
    """The queues that stand paused by this window: by us, and until it closes."""
    held = (
        select(MaintenanceHold.queue)
        .join(QueueState, QueueState.name == MaintenanceHold.queue)
        .where(MaintenanceHold.window_id == window_id, MaintenanceHold.starts_at == span.starts_at)
        .where(QueueState.paused, QueueState.changed_by == BY, QueueState.until == MaintenanceHold.ends_at)
    )
    return list(session.scalars(held))


def _let_go(queues: Sequence[str], *, by: str) -> None:
    """Resume the queues; those of which another window has hold as well are held back by that one at once."""
    if not queues:
        return
    pauses.resume(queues, by=by)
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        open_still = MaintenanceHold.ends_at > now
        session.execute(delete(MaintenanceHold).where(open_still, MaintenanceHold.queue.in_(queues)))
    keep()
