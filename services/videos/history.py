"""What recovery runs have done: the runs, what one of them did, and the figures of a day and a week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_

from errors import NotFound
from extensions import db, db_now, seekable_now
from models import RecoveryItem, RecoveryRun
from services.library.cursors import Cursor, decode, encode
from services.library.pages import checked_limit
from services.videos.recovery_report import TRIGGERED

DAY_SECONDS = 86_400.0
WEEK_SECONDS = 7 * DAY_SECONDS
MOST_TIMED = 5000  # how long these waited tells it of all
RUNS, ITEMS = "recovery_runs", "recovery_items"  # what cursors are of


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs, the newest first."""

    rows: Sequence[RecoveryRun]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """What a run did, in its order: of those that it left alone only the first."""

    rows: Sequence[RecoveryItem]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """The figures of a stretch of time; `reasons` counts those that were left alone by why, the commonest first.

    The seconds are from the making of a video to its recovery, of the last `MOST_TIMED`; None where none was recovered.
    """

    runs: int
    found: int
    triggered: int
    skipped: int
    failed: int
    reasons: Mapping[str, int]
    median_seconds: float | None
    p95_seconds: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    day: Span
    week: Span


def runs(*, cursor: str | None = None, limit: int = 50) -> RunPage:
    """:raise InvalidInput: naming the argument that is not acceptable."""
    checked_limit(limit)
    newest_first = select(RecoveryRun).order_by(RecoveryRun.started_at.desc(), RecoveryRun.id.desc())
    if cursor:
        place = decode(cursor, sort=RUNS, key_types=((float, str),)).key
        newest_first = newest_first.where(tuple_(RecoveryRun.started_at, RecoveryRun.id) < tuple_(*place))
    found = db.session.scalars(newest_first.limit(limit + 1).execution_options(populate_existing=True)).all()
    shown = found[:limit]
    more = len(found) > limit
    return RunPage(shown, encode(Cursor(RUNS, 0, (shown[-1].started_at, shown[-1].id))) if more else None)


def run(run_id: str) -> RecoveryRun:
    """:raise NotFound: if there is no such run, or none any more."""
    found = db.session.get(RecoveryRun, run_id, populate_existing=True)
    if found is None:
        raise NotFound(f"There is no recovery run {run_id[:60]!r}.", code="no_such_run")
    return found


def items(run_id: str, *, cursor: str | None = None, limit: int = 100) -> ItemPage:
    """:raise InvalidInput: naming the argument that is not acceptable."""
    checked_limit(limit)
    wanted = select(RecoveryItem).where(RecoveryItem.run_id == run_id).order_by(RecoveryItem.id)
    if cursor:
        wanted = wanted.where(RecoveryItem.id > decode(cursor, sort=ITEMS, key_types=((int,),)).key[0])
    found = db.session.scalars(wanted.limit(limit + 1)).all()
    shown = found[:limit]
    return ItemPage(shown, encode(Cursor(ITEMS, 0, (shown[-1].id,))) if len(found) > limit else None)


def figures() -> Figures:
    """Of the last 24 hours and the last 7 days, by when runs began: three statements."""
    now = float(db.session.scalar(select(db_now())) or 0.0)
    recent = RecoveryRun.started_at > seekable_now() - WEEK_SECONDS
    counts = (RecoveryRun.found, RecoveryRun.triggered, RecoveryRun.skipped, RecoveryRun.failed, RecoveryRun.reasons)
    of_runs = db.session.execute(select(RecoveryRun.started_at, *counts).where(recent)).all()
    waited = (RecoveryItem.at - RecoveryItem.video_created_at).label("seconds")
    of_items = db.session.execute(
        select(RecoveryRun.started_at, waited)
        .join(RecoveryItem, RecoveryItem.run_id == RecoveryRun.id)
        .where(recent, RecoveryItem.outcome == TRIGGERED)
        .order_by(RecoveryItem.id.desc())
        .limit(MOST_TIMED)
    ).all()
    return Figures(*(_span(of_runs, of_items, since=now - seconds) for seconds in (DAY_SECONDS, WEEK_SECONDS)))


def _span(of_runs: Sequence[Any], of_items: Sequence[Any], *, since: float) -> Span:
    """Of rows that began after an instant."""
    inside = [row for row in of_runs if row.started_at > since]
    waits = sorted(row.seconds for row in of_items if row.started_at > since)
    reasons: Counter[str] = sum((Counter(row.reasons) for row in inside), Counter())
    return Span(
        runs=len(inside),
        found=sum(row.found for row in inside),
        triggered=sum(row.triggered for row in inside),
        skipped=sum(row.skipped for row in inside),
        failed=sum(row.failed for row in inside),
        reasons=dict(reasons.most_common()),
        median_seconds=_share(waits, 0.5),
        p95_seconds=_share(waits, 0.95),
    )


def _share(ordered: Sequence[float], share: float) -> float | None:
    """What this share of them is not above (the nearest rank)."""
    if not ordered:
        return None
    return float(ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)])
