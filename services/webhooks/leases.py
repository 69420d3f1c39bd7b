"""Who sends which message: a lease on the delivery's row, so that two janitors send none of them at the same time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, update
from sqlalchemy.orm import Session
from ulid import ULID

from extensions import db, db_now, seekable_now, transaction
from models import WebhookDelivery, WebhookEndpoint
from services.webhooks.states import CANCELED, PENDING

PER_ENDPOINT = 2
PER_FAILING_ENDPOINT = 1
LEASE_SECONDS = 25.0  # a try ends within 15, and takes a few more to be noted


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is ours to send, with all that the try needs; `lease` is how its row knows us."""

    id: int
    message_id: str
    endpoint_id: int
    url: str
    body: str
    tries: int
    lease: str
    secret: bytes
    old_secret: bytes | None
    old_secret_until: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """What waits for one endpoint: how many are due and free, and how many are being sent."""

    endpoint_id: int
    due: int
    busy: int
    is_failing: bool

    @property
    def room(self) -> int:
        limit = PER_FAILING_ENDPOINT if self.is_failing else PER_ENDPOINT
        return max(0, min(self.due, limit - self.busy))


def take_due(places: int, total: int | None = None) -> list[Taken]:
    """Lease up to so many messages whose time has come; `total` is how many places there are with those that are
    taken. Where nothing is due this is one SELECT, and nothing else."""
    chosen = choose(_lines(), places, places if total is None else total)
    return lease_chosen(chosen) if chosen else []


def choose(lines: Iterable[Line], places: int, total: int) -> dict[int, int]:
    """How many to send to which endpoint, the longest due first. Pure.

    Endpoints that fail share half of all places, those that they hold already counted, so that those who answer never
    wait for those who do not.
    """
    ordered = sorted(lines, key=lambda line: line.is_failing)
    held_by_failing = sum(line.busy for line in ordered if line.is_failing)
    left, left_to_failing = places, max(0, (total + 1) // 2 - held_by_failing)
    chosen: dict[int, int] = {}
    for line in ordered:
        count = min(line.room, left, left_to_failing if line.is_failing else left)
        if count > 0:
            chosen[line.endpoint_id] = count
            left -= count
            left_to_failing -= count if line.is_failing else 0
    return chosen


def _lines() -> list[Line]:
    now = seekable_now()
    busy = func.sum(case((WebhookDelivery.lease_until > now, 1), else_=0))
    counted = (
        select(
            WebhookDelivery.endpoint_id,
            func.count(),
            busy,
            WebhookEndpoint.failing_since.is_not(None),
        )
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.state == PENDING, WebhookDelivery.due_at <= now)
        .group_by(WebhookDelivery.endpoint_id, WebhookEndpoint.failing_since)
        .order_by(func.min(WebhookDelivery.due_at))
    )
    rows = db.session.execute(counted).all()
    db.session.rollback()
    return [Line(endpoint_id, total - sent, sent, bool(failing)) for endpoint_id, total, sent, failing in rows]


def lease_chosen(chosen: dict[int, int]) -> list[Taken]:
    """So many to each endpoint, of what is due to it, less what others have leased since the choice was made."""
    taken: list[Taken] = []
    with transaction() as session:
        # Whose row is held is being given out by another janitor: it has its turn in a later round.
        endpoints = session.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.id.in_(chosen))
            .order_by(WebhookEndpoint.id)
            .with_for_update(skip_locked=True)
        ).all()
        for endpoint in endpoints:
            if endpoint.disabled_at is not None:
                cancel_pending(session, endpoint.id)
            else:
                taken += _lease(session, endpoint, chosen[endpoint.id])
    return taken


def _lease(session: Session, endpoint: WebhookEndpoint, wanted: int) -> Sequence[Taken]:
    """Looked at again under the lock: between the look and now another may have leased as many."""
    now = session.scalar(select(db_now())) or 0.0
    limit = PER_FAILING_ENDPOINT if endpoint.failing_since is not None else PER_ENDPOINT
    theirs = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == PENDING)
    busy = session.scalar(select(func.count()).where(*theirs, WebhookDelivery.lease_until > now)) or 0
    due = select(WebhookDelivery).where(*theirs, WebhookDelivery.due_at <= now, is_free(now))
    room = min(wanted, limit - busy)
    rows = session.scalars(due.order_by(WebhookDelivery.due_at, WebhookDelivery.id).limit(max(0, room))).all()
    return [_leased(session, endpoint, row, now) for row in rows]


def _leased(session: Session, endpoint: WebhookEndpoint, row: WebhookDelivery, now: float) -> Taken:
    lease = str(ULID())
    row.lease_owner, row.lease_until = lease, now + LEASE_SECONDS
    session.flush()
    return Taken(
        id=row.id,
        message_id=row.message_id,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        body=row.body,
        tries=row.tries,
        lease=lease,
        secret=endpoint.secret,
        old_secret=endpoint.old_secret,
        old_secret_until=endpoint.old_secret_until,
    )


def is_free(now: float) -> ColumnElement[bool]:
    """Nobody sends it at this moment."""
    return or_(WebhookDelivery.lease_until.is_(None), WebhookDelivery.lease_until <= now)


def is_ours(taken: Taken) -> ColumnElement[bool]:
    """The fence: whoever comes back late finds that somebody else has taken the message over."""
    return and_(
        WebhookDelivery.id == taken.id, WebhookDelivery.state == PENDING, WebhookDelivery.lease_owner == taken.lease
    )


def cancel_pending(session: Session, endpoint_id: int, *, but: int | None = None) -> None:
    """Nothing of what waits for this endpoint is sent any more."""
    statement = (
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.state == PENDING,
            not_(WebhookDelivery.id == (but or 0)),
        )
        .values(state=CANCELED, lease_owner=None, lease_until=None)
    )
    session.execute(statement.execution_options(synchronize_session=False))
