"""When a job is stuck: it should have moved on by itself, and has not. The console and Prometheus both go by this."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from extensions import current_settings, seekable_now
from models import Job, QueueState
from services.fleet.lines import in_line
from services.jobs import states
from services.jobs.family import has_live_children
from services.jobs.registry import QUEUES

SILENT_SECONDS = 40.0
# What the janitor does within seconds is late after this.
JANITOR_SECONDS = 15.0

SILENT, LEASE_EXPIRED, DEAF, OVERDUE = "silent", "lease_expired", "cancel_ignored", "overdue"
UNCLAIMED, STANDING, UNSETTLED = "unclaimed", "children_stand_still", "unsettled"

Since: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]


class Limits(NamedTuple):
    """What decides whether a job is stuck, besides its row.

    What waits is stuck only in `queues`: there it waits too long.
    """

    queues: frozenset[str]
    deaf_seconds: float
    wait_seconds: tuple[tuple[str, float], ...]  # by queue

    @classmethod
    def now(cls, queues: frozenset[str] = frozenset(QUEUES)) -> "Limits":
        """The settings' limits; in all queues, whether anybody could take up what waits there or not."""
        settings = current_settings()
        deaf_seconds = settings.hard_stop_after_seconds + JANITOR_SECONDS
        return cls(queues, deaf_seconds, tuple(settings.queue_wait_limit_seconds.items()))


class Condition(NamedTuple):
    """A job is stuck if one of `cases` holds, which exclude each other; `since` is when it last did as it should.

    Apart, each case seeks an index of its own; joined by `or` they might not.
    """

    cases: tuple[ColumnElement[bool], ...]
    since: Since

    @property
    def where(self) -> ColumnElement[bool]:
        return or_(false(), *self.cases)


@lru_cache(maxsize=64)  # to put them together takes longer than to run them
def conditions(limits: Limits) -> Mapping[str, Condition]:
    """Which jobs are stuck, by the reason. Each seeks an index: through the few that run, or to what is late."""
    runs = and_(Job.status == states.STARTED, Job.children_total.is_(None))
    held = and_(runs, Job.lease_until >= seekable_now())
    parent = and_(Job.status == states.STARTED, Job.children_total.is_not(None))
    all_over = and_(parent, not_(has_live_children()))
    return {
        SILENT: _late(and_(held, Job.cancel_requested_at.is_(None)), Job.updated_at, SILENT_SECONDS),
        LEASE_EXPIRED: _late(runs, Job.lease_until, JANITOR_SECONDS),
        DEAF: _late(held, Job.cancel_requested_at, limits.deaf_seconds),
        OVERDUE: _late(Job.status == states.SCHEDULED, Job.due_at, JANITOR_SECONDS),
        UNCLAIMED: Condition(_unclaimed(limits), Job.due_at),
        STANDING: Condition((and_(parent, _stands_still(limits)),), _last_move()),
        UNSETTLED: _late(all_over, Job.updated_at, JANITOR_SECONDS),
    }


def _late(where: ColumnElement[bool], since: Since, seconds: float) -> Condition:
    return Condition((and_(where, since < seekable_now() - seconds),), since)


def _unclaimed(limits: Limits) -> tuple[ColumnElement[bool], ...]:
    return tuple(
        and_(in_line(queue), Job.due_at < seekable_now() - seconds, not_(_paused(queue)))
        for queue, seconds in limits.wait_seconds
        if queue in limits.queues
    )


def _stands_still(limits: Limits) -> ColumnElement[bool]:
    """Of these parents a child waits, and none has moved for as long as a job may wait in their queue."""
    child = aliased(Job)
    waiting = exists().where(child.parent_id == Job.id, child.status == states.QUEUED)
    paused = exists().where(QueueState.name == Job.queue, QueueState.paused)
    limit = case(dict(limits.wait_seconds), value=Job.queue)
    return and_(Job.queue.in_(sorted(limits.queues)), waiting, _last_move() < seekable_now() - limit, not_(paused))


def _last_move() -> ColumnElement[Any]:
    """When a child of the job last moved: the end of `ix_job_parent_updated`."""
    child = aliased(Job)
    return select(func.max(child.updated_at)).where(child.parent_id == Job.id).correlate(Job).scalar_subquery()


def _paused(queue: str) -> ColumnElement[bool]:
    return exists().where(QueueState.name == queue, QueueState.paused)
