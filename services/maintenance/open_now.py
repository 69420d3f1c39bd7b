"""What is open now, for the banner of every page: known for some seconds, and nothing where the database is away."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Engine

import clock
from extensions import DATABASE_AWAY, db
from services.maintenance import windows

log = structlog.get_logger(__name__)

KNOWN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Open:
    """A window that is open, as people are told of it; `until` is an instant."""

    name: str
    queues: Sequence[str]
    until: float


_known: WeakKeyDictionary[Engine, tuple[float, Sequence[Open]]] = WeakKeyDictionary()
_lock = threading.Lock()


def open_now() -> Sequence[Open]:
    """The windows that are open: one SELECT in some seconds of a process."""
    with _lock:
        found_at, found = _known.get(db.engine, (float("-inf"), ()))
    if clock.monotonic() - found_at < KNOWN_SECONDS:
        return found
    try:
        found = _find()
    except DATABASE_AWAY as e:
        log.warning("maintenance_unknown", error=type(e).__name__)
        db.session.rollback()  # else the session would refuse whatever is asked of it after this
    with _lock:
        _known[db.engine] = (clock.monotonic(), found)
    return found


def forget() -> None:
    """After a change, so that whoever made it sees it."""
    with _lock:
        _known.clear()


def _find() -> Sequence[Open]:
    now = clock.now()
    spans = [(window, windows.open_span(window, now)) for window in windows.all_windows()]
    return [Open(window.name, window.queues, span.ends_at) for window, span in spans if span is not None]
