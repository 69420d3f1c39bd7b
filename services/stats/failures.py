"""The groups of failures for operators: which there are, how they come, and putting one aside that is known."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from errors import InvalidInput, NotFound
from extensions import db, db_now, transaction
from models import ErrorGroup, ErrorStat, Job
from services import audit
from services.stats.stretches import DAY_SECONDS, HOUR_SECONDS, floor_to

PAGE_SIZE = 50
SORTS: Mapping[str, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    "last_seen": (ErrorGroup.last_seen_at.desc(), ErrorGroup.id),
    "count": (ErrorGroup.count.desc(), ErrorGroup.id),
    "first_seen": (ErrorGroup.first_seen_at.desc(), ErrorGroup.id),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """How failures are drawn: a bar each `step_seconds`, for as far back as `seconds`."""

    name: str
    label: str
    seconds: int
    step_seconds: int


TRENDS = {
    trend.name: trend
    for trend in (
        Trend("day", "24 hours", DAY_SECONDS, HOUR_SECONDS),
        Trend("week", "7 days", 7 * DAY_SECONDS, 6 * HOUR_SECONDS),
    )
}


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which groups are meant, and in what order. An empty field means all; `q` is part of the error."""

    type: str = ""
    q: str = ""
    sort: str = "last_seen"
    trend: str = "day"
    page: int = 1

    def __post_init__(self) -> None:
        """:raise InvalidInput: naming the field, and what it may be."""
        for field, allowed in (("sort", SORTS), ("trend", TRENDS)):
            if getattr(self, field) not in allowed:
                words = ", ".join(allowed)
                message = f"{getattr(self, field)!r} is not a {field}; there are {words}."
                raise InvalidInput(message, details={field: f"one of {words}"})

    @property
    def is_empty(self) -> bool:
        return not (self.type or self.q)

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.type:
            wanted.append(ErrorGroup.type == self.type)
        if self.q:
            columns = (ErrorGroup.sample, ErrorGroup.error_code, ErrorGroup.id)
            wanted.append(or_(*(column.icontains(self.q, autoescape=True) for column in columns)))
        return wanted


@dataclass(frozen=True, slots=True)
class Failures:
    """A page of groups, those put aside, and of each how many jobs stand failed now and how many failed when.

    `trend` holds each group's bars, oldest first; the last one is still running. They begin at `bars_since`.
    """

    groups: Sequence[ErrorGroup]
    muted: Sequence[ErrorGroup]
    has_more: bool
    standing: Mapping[str, int]
    trend: Mapping[str, list[int]]
    bars_since: int


def list_failures(wanted: FailureFilter) -> Failures:
    """Five statements, whatever there is; the table of jobs is asked by an index of failed ones alone."""
    now: float = db.session.scalar(select(db_now())) or 0.0
    asked = select(ErrorGroup).where(*wanted.conditions()).order_by(*SORTS[wanted.sort])
    skipped = (wanted.page - 1) * PAGE_SIZE
    opened = asked.where(ErrorGroup.muted_at.is_(None)).offset(skipped).limit(PAGE_SIZE + 1)
    groups = db.session.scalars(opened).all()
    muted = db.session.scalars(asked.where(ErrorGroup.muted_at.is_not(None)).limit(PAGE_SIZE)).all()
    shown = [group.id for group in (*groups[:PAGE_SIZE], *muted)]
    trend = TRENDS[wanted.trend]
    since = floor_to(now, trend.step_seconds) + trend.step_seconds - trend.seconds
    bars = _bars(shown, trend, since)
    return Failures(groups[:PAGE_SIZE], muted, len(groups) > PAGE_SIZE, _standing(shown), bars, since)


def _standing(group_ids: list[str]) -> Counter[str]:
    failed = (
        select(Job.error_group, func.count())
        .where(Job.error_group.is_not(None), Job.error_group.in_(group_ids))
        .group_by(Job.error_group)
    )
    return Counter({group: count for group, count in db.session.execute(failed) if group})


def _bars(group_ids: list[str], trend: Trend, since: int) -> Mapping[str, list[int]]:
    place = (ErrorStat.bucket_at - since) // trend.step_seconds
    seen = (
        select(ErrorStat.group_id, place.label("place"), func.sum(ErrorStat.count))
        .where(ErrorStat.group_id.in_(group_ids), ErrorStat.bucket_at >= since)
        .group_by(ErrorStat.group_id, place)
    )
    steps = trend.seconds // trend.step_seconds
    bars: defaultdict[str, list[int]] = defaultdict(lambda: [0] * steps)
    for group_id, at, count in db.session.execute(seen):
        if at < steps:
            bars[group_id][int(at)] += int(count)
    return bars


def set_muted(group_id: str, muted: bool, *, actor: str) -> None:
    """Put a group aside, or bring it back; it is counted all the same. Telling it twice is harmless.

    :raise NotFound: if there is no such group.
    """
    stands_otherwise = ErrorGroup.muted_at.is_(None) if muted else ErrorGroup.muted_at.is_not(None)
    with transaction() as session:
        changed = session.execute(
            update(ErrorGroup)
            .where(ErrorGroup.id == group_id, stands_otherwise)
            .values(muted_at=db_now() if muted else None)
            .returning(ErrorGroup.sample)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if changed is not None:
            details = {"error": changed.sample}
            audit.write(session, actor, "mute" if muted else "unmute", "error_group", group_id, details=details)
    if changed is None and db.session.get(ErrorGroup, group_id) is None:
        raise NotFound(f"There is no group of failures {group_id!r}.", code="no_such_error_group")
