"""What a job logs while it runs, kept for its operators: lines in SQL, attempt by attempt.

Whatever is logged at info or above by the thread that runs the job goes to the job's own journal too. It is written at
the lease keeper's ticks and with the end of the attempt, so that a job that logs little costs no transaction more.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

import clock
import logs
from extensions import db
from models import JobLog

MAX_LINES, MAX_CHARS = 500, 100_000  # of one attempt
MAX_LINE_CHARS = 2_000
DROPPED = "More was logged than is kept: from here on only the count grew."

_CREDENTIALS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_SECRETS = re.compile(
    r"""([\w-]{0,40}(?:passw(?:or)?d|secret|token|api[_-]?key|authorization|cookie)[\w-]{0,40}["']?\s*[=:]\s*)"""
    r"""("[^"]*"|'[^']*'|(?:bearer|basic)\s+\S+|[^\s,;&]+)""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log; `at` is by the clock of the worker that wrote it."""

    id: int
    attempt: int
    at: float
    level: str
    message: str


class Journal:
    """The lines of one attempt that are not written yet. Its own lock, since the lease keeper's thread writes them."""

    def __init__(self, job_id: str, attempt: int) -> None:
        self._job_id = job_id
        self._attempt = attempt
        self._lock = threading.Lock()
        self._unwritten: list[dict[str, Any]] = []
        self._lines = self._chars = 0
        self._full = False

    def add(self, level: str, message: str) -> None:
        """Take a line down; after the last that is kept, one that says so."""
        message = without_secrets(_storable(message[:MAX_LINE_CHARS]))
        with self._lock:
            if self._full:
                return
            self._lines += 1
            self._chars += len(message)
            self._full = self._lines >= MAX_LINES or self._chars > MAX_CHARS
            if self._full:
                level, message = "warning", DROPPED
            self._unwritten.append(
                {
                    "job_id": self._job_id,
                    "attempt": self._attempt,
                    "at": clock.now(),
                    "level": level[:10],
                    "message": message,
                }
            )

    @contextmanager
    def taken(self) -> Iterator[list[dict[str, Any]]]:
        """The rows to write in a transaction inside; if that fails, they wait for the next."""
        with self._lock:
            rows, self._unwritten = self._unwritten, []
        try:
            yield rows
        except BaseException:
            with self._lock:
                self._unwritten[:0] = rows
            raise

    @contextmanager
    def listening(self) -> Iterator["Journal"]:
        """Take down what this thread logs inside."""
        with logs.heard_by(self.add):
            yield self


def write(connection: Session | Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows to the log."""
    if rows:
        connection.execute(insert(JobLog), list(rows))


def logs_of(
    job_id: str, *, after_id: int | None = None, before_id: int | None = None, limit: int = 200
) -> list[LogLine]:
    """At most `limit` lines of a job, oldest first: those that follow `after_id`, or the last before `before_id`, or
    the last of all."""
    lines = select(JobLog.id, JobLog.attempt, JobLog.at, JobLog.level, JobLog.message).where(JobLog.job_id == job_id)
    if after_id is not None:
        rows = db.session.execute(lines.where(JobLog.id > after_id).order_by(JobLog.id).limit(limit)).all()
        return [LogLine(*row) for row in rows]
    if before_id is not None:
        lines = lines.where(JobLog.id < before_id)
    rows = db.session.execute(lines.order_by(JobLog.id.desc()).limit(limit)).all()
    return [LogLine(*row) for row in reversed(rows)]


def _storable(text: str) -> str:
    """The text without what no database column can keep: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "backslashreplace").decode()


def without_secrets(text: str) -> str:
    """The text without what looks like a password, token or key in it. Pure."""
    return _SECRETS.sub(r"\1…", _CREDENTIALS.sub("…", text))
