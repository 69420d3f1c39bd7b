"""Stretches of time: how long they are, how long they are kept, and which ids and rows fall into one. Pure."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from models import Job
from services.jobs import states
from services.jobs.instants import first_id_at

MINUTE_SECONDS = 60
QUARTER_SECONDS = 900
HOUR_SECONDS = 3600
DAY_SECONDS = 86_400

# A job's row shows up when its transaction is committed, a little after the instant that the row states: what ended is
# stamped before its result is saved. A stretch is counted once it has been over for this long.
COMMIT_LAG_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Resolution:
    """Buckets of one length: summed up from those of `of_seconds`, and dropped after `kept_seconds`."""

    seconds: int
    of_seconds: int | None
    kept_seconds: int


# Each is made of the one before, so a day can be shown by the quarter of an hour and a year by the hour.
RESOLUTIONS = (
    Resolution(MINUTE_SECONDS, None, 2 * DAY_SECONDS),
    Resolution(QUARTER_SECONDS, MINUTE_SECONDS, 8 * DAY_SECONDS),
    Resolution(HOUR_SECONDS, QUARTER_SECONDS, 400 * DAY_SECONDS),
)


def floor_to(instant: float, seconds: int) -> int:
    """The beginning of the stretch of that length that an instant lies in; stretches are counted from 1970, in UTC."""
    return int(instant // seconds) * seconds


def created_in(start: float, end: float) -> ColumnElement[bool]:
    """Jobs that came in from `start` until just before `end`: a range of the primary key."""
    return and_(Job.id >= first_id_at(start), Job.id < first_id_at(end))


def ended_in(start: float, end: float) -> ColumnElement[bool]:
    """Jobs that ended from `start` until just before `end`: three ranges of the index on (status, ended_at)."""
    return and_(Job.status.in_(states.ENDED), Job.ended_at >= start, Job.ended_at < end)
