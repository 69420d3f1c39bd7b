"""Videos: how many are at each status, and those that recovery has started."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from extensions import db, db_now
from models import RecoveryItem, Video
from services.metrics.counting import SETTLE_SECONDS, History, count_on, sum_of
from services.metrics.series import Recorded, observation
from services.videos import states
from services.videos.recovery_report import FAILED, SKIPPED, TRIGGERED
from store.counters import Series


class Item(Protocol):
    """What a run of recovery did about a video."""

    id: int
    age_seconds: float
    outcome: str
    at: float
    video_created_at: float


def families() -> Iterator[Metric]:
    """One statement, answered from an index."""
    counts = dict(db.session.execute(select(Video.status, func.count()).group_by(Video.status)).all())
    videos = GaugeMetricFamily("backbeat_videos", "Videos at a status.", labels=("status",))
    for status in states.ALL:
        videos.add_metric((status,), counts.get(status, 0))
    yield videos


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    known = [(outcome,) for outcome in (TRIGGERED, SKIPPED, FAILED)]
    yield recorded.counter(
        "videos_recovered",
        "What recovery did about videos; of those that it left alone the first of each run.",
        ("outcome",),
        known,
    )
    yield recorded.histogram("video_recovery_seconds", "From a video's creation to its start by recovery.", (), [()])


def count_recovered(*, settle_seconds: float = SETTLE_SECONDS) -> int:
    """Take what recovery did since the last call into the counters; of how many videos.

    :raise RedisError: as `count_on`.
    """
    return count_on(_HISTORY, settle_seconds=settle_seconds)


def tally(items: Iterable[Item]) -> dict[Series, float]:
    """What this adds to the counters. Pure."""
    return sum_of(map(_weigh, items))


def _weigh(item: Item) -> dict[Series, float]:
    amounts: dict[Series, float] = {("videos_recovered", item.outcome): 1.0}
    if item.outcome == TRIGGERED:
        amounts |= observation("video_recovery_seconds", (), item.at - item.video_created_at)
    return amounts


_HISTORY: History[Item] = History(
    cursor="recovery_item",
    row_id=RecoveryItem.id,
    query=select(
        RecoveryItem.id,
        (db_now() - RecoveryItem.at).label("age_seconds"),
        RecoveryItem.outcome,
        RecoveryItem.at,
        RecoveryItem.video_created_at,
    ),
    tally=tally,
)
