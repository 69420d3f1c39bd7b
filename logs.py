"""How the processes log: one line an event, to standard error, and to whoever listens in this thread."""

import logging
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

Listener = Callable[[str, str], None]  # is told the level in lower case, and the line without its time

_LEVELS = logging.getLevelNamesMapping()
_listener: ContextVar[Listener | None] = ContextVar("log_listener", default=None)
_pairs = structlog.processors.LogfmtRenderer(bool_as_flag=False)
# What could begin another line, move a terminal's cursor or turn the direction of writing, and halves of characters.
_TRICKS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Not in the line for its listener: what is told beside it, and what is the same in all lines of one job.
_LEFT_OUT = frozenset({"event", "level", "exc_info", "job_id", "attempt"})


def configure_logging(level: str) -> None:
    """Lines of key=value pairs; what is no plain text in them is escaped, so that nobody can forge a line.

    Those below `level` are not written, but from info up whoever listens hears them.
    """
    number = _LEVELS[level.upper()]
    _configure_standard_logging(max(number, logging.INFO))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _tell_listener,
            _Threshold(number),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event"), bool_as_flag=False),
            _escape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(min(number, logging.INFO)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _configure_standard_logging(number: int) -> None:
    root = logging.getLogger()
    if not any(isinstance(handler, _ListenerHandler) for handler in root.handlers):
        written = logging.StreamHandler(sys.stderr)
        written.setLevel(number)
        written.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(written)
        root.addHandler(_ListenerHandler())
        root.setLevel(logging.INFO)
    for chatty in ("alembic", "httpx"):  # a line for each migration step, and for each request
        logging.getLogger(chatty).setLevel(logging.WARNING)


def one_line(text: str) -> str:
    r"""The text with `\n`, `\x1b` and their like spelled out, as in Python's own literals."""
    return _TRICKS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _escape(_logger: object, _method: str, line: Any) -> str:
    return one_line(line)


class _OneLine(logging.Formatter):
    """What libraries log, with its traceback, on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Tell `listener` all that this thread logs inside, from info up."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def _tell_listener(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    listener = _listener.get()
    if listener is not None and event["level"] != "debug":
        pairs = _pairs(None, "", {name: value for name, value in event.items() if name not in _LEFT_OUT})
        listener(event["level"], one_line(f"{event['event']} {pairs}".rstrip()))
    return event


class _Threshold:
    """Drops what is below a level."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if _LEVELS[event["level"].upper()] < self._number:
            raise structlog.DropEvent
        return event


class _ListenerHandler(logging.Handler):
    """Tells the listener what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        listener = _listener.get()
        if listener is not None and record.levelno >= logging.INFO:
            listener(record.levelname.lower(), one_line(record.getMessage()))
