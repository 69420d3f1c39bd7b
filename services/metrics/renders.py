"""Renders: how many wait, who found out about their ends and how late, and how the looks for their outputs fared."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from extensions import db, db_now, seekable_now
from models import Render, RenderCycle, RenderEvent
from services.metrics.counting import SETTLE_SECONDS, History, count_on, sum_of
from services.metrics.series import Recorded, observation
from services.renders import events, states
from store.counters import Series

HOUR_SECONDS = 3600.0
NOBODY = "nobody"  # it failed before the renderer had it, or was given up


class Said(Protocol):
    """Something that was said of a render, with what is known of its output."""

    id: int
    age_seconds: float
    kind: str
    said_by: str
    said: str | None
    at: float
    output_at: float | None


def families() -> Iterator[Metric]:
    """Two statements, answered from indexes."""
    waiting = db.session.scalar(select(func.count()).where(Render.status == states.PROCESSING)) or 0
    yield GaugeMetricFamily("backbeat_renders_processing", "Renders whose end is waited for.", waiting)
    checks = GaugeMetricFamily(
        "backbeat_render_checks_last_hour", "Looks for outputs of renders in the cycles of an hour.", labels=("answer",)
    )
    last_hour = RenderCycle.started_at > seekable_now() - HOUR_SECONDS
    looks, errors = func.sum(RenderCycle.checked), func.sum(RenderCycle.errors)
    checked, failed = db.session.execute(select(looks, errors).where(last_hour)).one()
    checks.add_metric(("some",), (checked or 0) - (failed or 0))
    checks.add_metric(("none",), failed or 0)
    yield checks


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    ends = [(who, status) for who in (states.WEBHOOK, states.POLL) for status in (states.COMPLETED, states.FAILED)]
    yield recorded.counter(
        "renders_ended", "Renders, by who found out and how they ended.", ("found_by", "status"), ends
    )
    yield recorded.counter(
        "render_news", "What was said of renders, by what it did.", ("kind",), [(kind,) for kind in events.KINDS]
    )
    yield recorded.histogram(
        "render_noticed_seconds",
        "From the appearance of a render's output to its end.",
        ("found_by",),
        [(states.WEBHOOK,), (states.POLL,)],
    )


def count_news(*, settle_seconds: float = SETTLE_SECONDS) -> int:
    """Take what was said since the last call into the counters; how much. :raise RedisError: as `count_on`."""
    return count_on(_HISTORY, settle_seconds=settle_seconds)


def tally(said: Iterable[Said]) -> dict[Series, float]:
    """What this adds to the counters. Pure."""
    return sum_of(map(_weigh, said))


def _weigh(said: Said) -> dict[Series, float]:
    amounts: dict[Series, float] = {("render_news", said.kind): 1.0}
    if said.kind != events.FINISHED:
        return amounts
    who = said.said_by or NOBODY
    amounts[("renders_ended", who, said.said or "")] = 1.0
    if said.said == states.COMPLETED and said.output_at is not None:
        amounts |= observation("render_noticed_seconds", (who,), said.at - said.output_at)
    return amounts


_HISTORY: History[Said] = History(
    cursor="render_event",
    row_id=RenderEvent.id,
    query=select(
        RenderEvent.id,
        (db_now() - RenderEvent.at).label("age_seconds"),
        RenderEvent.kind,
        RenderEvent.said_by,
        RenderEvent.said,
        RenderEvent.at,
        Render.output_at,
    ).join(Render, Render.id == RenderEvent.render_id),
    tally=tally,
)
