"""What becomes of an attempt that did not end well. Pure: facts in, a decision out."""

import errno
import os
import random
import signal
import traceback
from dataclasses import dataclass

from errors import BackbeatError, TransientError
from extensions import DATABASE_AWAY
from services.jobs.journal import without_secrets

MAX_BACKOFF_SECONDS = 15 * 60
CRASHES_UNTIL_QUARANTINE = 3
# Which errors may pass by themselves: an outside service, the database being busy, others using up the memory.
WORTH_A_RETRY = (TransientError, *DATABASE_AWAY, MemoryError)
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

WORKER_LOST = "Its worker was lost."
# The error code of a job whose process was killed, until the janitor takes it over; its `error` says how.
PROCESS_KILLED = "process_killed"

UNEXPECTED = "Something went wrong inside Backbeat; the operators can see the details."


@dataclass(frozen=True, slots=True)
class TryAgain:
    delay_seconds: float
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    code: str
    reason: str


Decision = TryAgain | GiveUp


def backoff_seconds(failures: int, *, base_seconds: float, chance: float | None = None) -> float:
    """`min(15 min, base * 2^failures) * uniform(0.5, 1)`: jitter keeps failures from meeting again."""
    chance = random.random() if chance is None else chance  # noqa: S311 - spreads load, guards nothing
    return float(min(MAX_BACKOFF_SECONDS, base_seconds * 2**failures)) * (0.5 + chance / 2)


def after_error(
    error: BaseException, *, attempt: int, max_attempts: int, base_seconds: float, chance: float | None = None
) -> Decision:
    """An attempt that raised: again for errors that may pass, as long as there are attempts left."""
    code, reason = describe(error)
    if not is_worth_a_retry(error) or attempt >= max_attempts:
        return GiveUp(code, reason)
    asked = getattr(error, "retry_after_seconds", None) or 0.0
    delay = backoff_seconds(attempt - 1, base_seconds=base_seconds, chance=chance)
    return TryAgain(max(asked, delay), code, reason)


def is_worth_a_retry(error: BaseException) -> bool:
    return isinstance(error, WORTH_A_RETRY) or _is_disk_full(error)


def _is_disk_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in DISK_FULL


def after_crash(
    *,
    attempt: int,
    max_attempts: int,
    crash_count: int,
    base_seconds: float,
    how: str = WORKER_LOST,
    chance: float | None = None,
) -> Decision:
    """An attempt whose worker died: at once after the first crash, later after the next, in quarantine after three.

    `how` it died is a sentence.
    """
    crashes = crash_count + 1
    if crashes >= CRASHES_UNTIL_QUARANTINE:
        aside = f"It brought {crashes} workers down in a row, and was set aside for a person."
        return GiveUp("quarantined", aside if how == WORKER_LOST else f"{aside} {how}")
    if attempt >= max_attempts:
        return GiveUp("worker_lost", f"{how} There are no attempts left.")
    delay = 0.0 if crashes == 1 else backoff_seconds(crashes - 1, base_seconds=base_seconds, chance=chance)
    return TryAgain(delay, "worker_lost", how)


def how_it_died(wait_status: int) -> str:
    """A sentence on a process that ended without a word of its own, from what `os.wait4` said of it."""
    if not os.WIFSIGNALED(wait_status):
        return f"Its process ended in mid-job, with exit code {os.waitstatus_to_exitcode(wait_status)}."
    number = os.WTERMSIG(wait_status)
    name = signal.Signals(number).name if number in set(signal.Signals) else "unknown"
    memory = "; perhaps the memory ran out, or it did not stop at its time limit" if number == signal.SIGKILL else ""
    return f"Its process was killed by signal {number} ({name}){memory}."


def describe(error: BaseException) -> tuple[str, str]:
    """A code and a sentence that may be shown to anybody."""
    if isinstance(error, BackbeatError):
        return error.code, error.message
    if isinstance(error, DATABASE_AWAY):
        return "database_busy", "The database did not answer in time."
    if isinstance(error, MemoryError):
        return "out_of_memory", "There was not enough memory for it."
    if _is_disk_full(error):
        return "disk_full", "The disk is full: make room on it, and try again."
    return "internal_error", UNEXPECTED


def detail(error: BaseException) -> str:
    """The traceback, for operators only, without what looks like a secret in it."""
    return without_secrets("".join(traceback.format_exception(error))[-20_000:])
