"""Jobs that should have moved on by themselves and have not, by what keeps them."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, literal, not_, select
from sqlalchemy.orm import aliased

from extensions import current_settings, db, db_now
from models import Job, QueueState
from services.fleet.lines import in_line
from services.jobs import states
from services.jobs.family import has_live_children
from services.jobs.registry import QUEUES

SILENT_SECONDS = 40.0
# What the janitor does within seconds is late after this.
JANITOR_SECONDS = 30.0
CANCEL_SECONDS = 60.0
# More than this are told as this: counting on costs more than it tells.
MAX_COUNTED = 1000

_RUNS = and_(Job.status == states.STARTED, Job.children_total.is_(None))


def families() -> Iterator[Metric]:
    stuck = GaugeMetricFamily(
        "backbeat_stuck_jobs", "Jobs that should have moved on by themselves.", labels=("reason",)
    )
    # Asked once: PostgreSQL does not seek an index to a clock that goes on while it looks.
    reasons = _reasons(db.session.scalar(select(db_now())) or 0.0)
    counts = db.session.execute(select(*(count.label(reason) for reason, count in reasons.items()))).one()
    for reason in reasons:
        stuck.add_metric((reason,), getattr(counts, reason))
    yield stuck


def _reasons(now: float) -> dict[str, ColumnElement[int]]:
    """Each is answered by seeking an index: through what runs, which is little, or to what is overdue."""
    return {
        "silent": _count(_RUNS, Job.updated_at < now - SILENT_SECONDS),
        "lease_expired": _count(_RUNS, Job.lease_until < now - JANITOR_SECONDS),
        "cancel_ignored": _count(Job.status == states.STARTED, Job.cancel_requested_at < now - CANCEL_SECONDS),
        # A sum, and not one count with an `or`: the index alone then tells.
        "queued_too_long": sum((_waiting_too_long(queue, now) for queue in QUEUES), start=literal(0)),
        "overdue": _count(Job.status == states.SCHEDULED, Job.due_at < now - JANITOR_SECONDS),
        "children_stand_still": _count(_children_stand_still(now)),
        "unsettled": _count(
            Job.status == states.STARTED,
            Job.children_total.is_not(None),
            not_(has_live_children()),
            Job.updated_at < now - JANITOR_SECONDS,
        ),
    }


def _count(*guards: ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(Job.status).where(*guards).limit(MAX_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _waiting_too_long(queue: str, now: float) -> ScalarSelect[int]:
    paused = exists().where(QueueState.name == queue, QueueState.paused)
    limit = current_settings().queue_wait_limit_seconds[queue]
    return _count(in_line(queue), Job.due_at < now - limit, not_(paused))


def _children_stand_still(now: float) -> ColumnElement[bool]:
    """Parents of which a child waits, and none has moved for as long as a job may wait in their queue."""
    child = aliased(Job)
    waiting = exists().where(child.parent_id == Job.id, child.status == states.QUEUED)
    latest = select(func.max(child.updated_at)).where(child.parent_id == Job.id).scalar_subquery()
    limit = case(current_settings().queue_wait_limit_seconds, value=Job.queue)
    paused = exists().where(QueueState.name == Job.queue, QueueState.paused)
    return and_(
        Job.status == states.STARTED,
        Job.children_total.is_not(None),
        waiting,
        latest < now - limit,
        not_(paused),
    )
