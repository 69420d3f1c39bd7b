"""Endpoints: the addresses that are told of their owner's jobs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import Conflict, Forbidden, InvalidInput, NotFound
from extensions import db, db_now, transaction
from models import Job, WebhookEndpoint
from services import audit, vault
from services.webhooks import outcomes, secrets
from services.webhooks.addresses import check
from services.webhooks.outbox import JOB_EVENTS

MAX_ENDPOINTS = 100  # of one person
MAX_DESCRIPTION_CHARS = 300


def create(
    owner_id: int, url: str, events: Sequence[str] = JOB_EVENTS, *, description: str = "", actor: str
) -> tuple[WebhookEndpoint, str]:
    """A standing endpoint, told of all its owner's jobs, and its secret, which is not told again.

    :raise InvalidInput: naming the field, if nothing may be sent to the address, or an event is unknown.
    :raise Conflict: if there is one of that address; `details.id` is that one.
    """
    address, wanted = check(url), check_events(events)
    if (existing := _of_url(owner_id, address)) is not None:
        raise _taken(existing)
    try:
        with transaction() as session:
            endpoint, secret = _add(session, owner_id, address, wanted, description, is_standing=True)
            audit.write(session, actor, "webhook_create", "webhook", str(endpoint.id), details=_told(endpoint))
    except IntegrityError:
        faster = _of_url(owner_id, address)
        if faster is None:
            raise
        raise _taken(faster) from None
    return endpoint, secret


def named_by_job(owner_id: int, url: str) -> int | None:
    """The endpoint of an address that a job is to name; None if it is yet to be made, by `make_for_job`.

    :raise InvalidInput: naming `webhook_url`, if nothing may be sent there.
    :raise Conflict: if it is switched off, so that nobody would be told.
    """
    endpoint = _of_url(owner_id, check(url, field="webhook_url"))
    if endpoint is not None and endpoint.disabled_at is not None:
        raise Conflict(
            f"The webhook's address is switched off: {endpoint.disabled_reason} Switch it on again on the page "
            "Webhooks, or leave webhook_url out.",
            code="webhook_off",
            details={"id": endpoint.id},
        )
    return None if endpoint is None else endpoint.id


def make_for_job(session: Session, owner_id: int, url: str) -> tuple[int, str]:
    """One for jobs that name it, and its secret, in the transaction that keeps the first of them.

    :raise IntegrityError: if somebody was faster; nothing may be committed then.
    """
    address = check(url, field="webhook_url")
    endpoint, secret = _add(session, owner_id, address, list(JOB_EVENTS), "", is_standing=False)
    return endpoint.id, secret


def check_events(events: Sequence[str]) -> list[str]:
    """:raise InvalidInput: naming `events`, if there is none, or one that is unknown."""
    unknown = [event for event in events if event not in JOB_EVENTS]
    if unknown or not events:
        message = f"{f'{unknown[0]!r} is no event' if unknown else 'Name an event'}; there are {', '.join(JOB_EVENTS)}."
        raise InvalidInput(message, details={"events": message})
    return [event for event in JOB_EVENTS if event in events]


def get(endpoint_id: int) -> WebhookEndpoint:
    """:raise NotFound: if there is no such endpoint."""
    endpoint = db.session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        raise no_such_endpoint(endpoint_id)
    return endpoint


def refuse_foreign(endpoint_id: int, user_id: int) -> None:
    """Operators see everybody's, but whoever has the secret or sets the address gets what is another's.

    :raise NotFound: if there is no such endpoint.
    :raise Forbidden: if it is somebody else's.
    """
    if get(endpoint_id).owner_id != user_id:
        raise Forbidden(
            "This webhook is somebody else's: only they may change or delete it, or make a new secret. You may switch "
            "it off and on, and send its messages again.",
            code="not_yours",
        )


def no_such_endpoint(endpoint_id: int) -> NotFound:
    return NotFound(f"There is no webhook {endpoint_id}.", code="webhook_not_found")


def of_owner(owner_id: int) -> Sequence[WebhookEndpoint]:
    """Theirs, the newest first."""
    theirs = select(WebhookEndpoint).where(WebhookEndpoint.owner_id == owner_id).order_by(WebhookEndpoint.id.desc())
    return db.session.scalars(theirs).all()


def switched_off_by_us(owner_id: int) -> int:
    """How many of theirs were switched off because of what they answered, or did not: one SELECT."""
    lost = select(func.count()).where(
        WebhookEndpoint.owner_id == owner_id,
        WebhookEndpoint.disabled_at.is_not(None),
        WebhookEndpoint.failing_since.is_not(None),
    )
    return db.session.scalar(lost) or 0


def change(endpoint_id: int, *, actor: str, **changes: Any) -> WebhookEndpoint:
    """Change `url`, `events`, `description`, `is_standing`, or `enabled`; what is left out stays as it is.

    :raise InvalidInput: as `create` does.
    :raise Conflict: if another has that address.
    """
    if "url" in changes:
        changes["url"] = check(changes["url"])
    if "events" in changes:
        changes["events"] = check_events(changes["events"])
    enabled = changes.pop("enabled", None)
    try:
        with transaction() as session:
            endpoint = _held(session, endpoint_id)
            if changes.get("url", endpoint.url) != endpoint.url:
                endpoint.failing_since = None  # it was the other address that failed
            for name, value in changes.items():
                setattr(endpoint, name, value)
            endpoint.updated_at = now = _now(session)
            if changes:
                audit.write(session, actor, "webhook_change", "webhook", str(endpoint_id), details=_told(endpoint))
            if enabled is not None:
                _switch(session, endpoint, enabled, actor=actor, now=now)
    except IntegrityError as e:
        raise Conflict("Another webhook of yours has that address.", code="webhook_exists") from e
    return endpoint


def _switch(session: Session, endpoint: WebhookEndpoint, enabled: bool, *, actor: str, now: float) -> None:
    """Switching on starts with a clean slate: what failed before does not count any more."""
    if not enabled and endpoint.disabled_at is None:
        endpoint.failing_since = None  # nobody's failure: no banner tells of it
        outcomes.switch_off(session, endpoint, f"It was switched off by {actor}."[:300], actor=actor, now=now)
    elif enabled and endpoint.disabled_at is not None:
        endpoint.disabled_at = endpoint.disabled_reason = endpoint.failing_since = None
        audit.write(session, actor, "webhook_on", "webhook", str(endpoint.id), details=_told(endpoint))


def rotate(endpoint_id: int, *, actor: str) -> tuple[WebhookEndpoint, str]:
    """Give it a new secret, which is told now and never again; for a day the old one signs too."""
    with transaction() as session:
        endpoint = _held(session, endpoint_id)
        endpoint.updated_at = now = _now(session)
        secret = secrets.replace(endpoint, now)
        audit.write(session, actor, "webhook_rotate", "webhook", str(endpoint_id), details=_told(endpoint))
    return endpoint, secret


def delete(endpoint_id: int, *, actor: str) -> None:
    """With all that was ever sent to it, or waits to be. Jobs forget that they named it: SQLite gives its id again."""
    forgotten = update(Job).where(Job.webhook_id == endpoint_id).values(webhook_id=None)
    with transaction() as session:
        # Before the endpoint is locked: the end of a job, too, has its row first and then its endpoint's.
        session.execute(forgotten.execution_options(synchronize_session=False))
        endpoint = _held(session, endpoint_id)
        audit.write(session, actor, "webhook_delete", "webhook", str(endpoint_id), details=_told(endpoint))
        session.delete(endpoint)


def _of_url(owner_id: int, url: str) -> WebhookEndpoint | None:
    theirs = WebhookEndpoint.owner_id == owner_id
    return db.session.scalar(select(WebhookEndpoint).where(theirs, WebhookEndpoint.url == url))


def _add(
    session: Session, owner_id: int, url: str, events: list[str], description: str, *, is_standing: bool
) -> tuple[WebhookEndpoint, str]:
    """The new one, and its secret."""
    _refuse_too_many(session, owner_id)
    secret, now = secrets.new(), _now(session)
    endpoint = WebhookEndpoint(
        owner_id=owner_id,
        url=url,
        description=description.strip()[:MAX_DESCRIPTION_CHARS],
        is_standing=is_standing,
        events=events,
        secret=vault.seal(secret),
        created_at=now,
        updated_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint, secret


def _refuse_too_many(session: Session, owner_id: int) -> None:
    theirs = select(func.count()).where(WebhookEndpoint.owner_id == owner_id)
    if (session.scalar(theirs) or 0) >= MAX_ENDPOINTS:
        raise Conflict(
            f"There are {MAX_ENDPOINTS} webhooks already, the most that one may have; delete some.",
            code="too_many_webhooks",
        )


def _held(session: Session, endpoint_id: int) -> WebhookEndpoint:
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint is None:
        raise no_such_endpoint(endpoint_id)
    return endpoint


def _taken(existing: WebhookEndpoint) -> Conflict:
    return Conflict(
        "You have a webhook of that address already; change that one.",
        code="webhook_exists",
        details={"id": existing.id},
    )


def _told(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"title": endpoint.url, "events": endpoint.events}


def _now(session: Session) -> float:
    return session.scalar(select(db_now())) or 0.0
