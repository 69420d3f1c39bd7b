"""The rules by which operators are warned."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from errors import Conflict, InvalidInput, NotFound
from extensions import db, db_now, transaction
from models import AlertRule, NoticeAddress, User
from services import audit
from services.access.roles import ADMIN, OPERATOR
from services.jobs.registry import QUEUES
from services.notices.addresses import no_such_address
from services.notices.alerts import KINDS, Kind

MAX_RULES = 50
WINDOW_MAX_MINUTES = 1440.0


def all_rules() -> Sequence[Any]:
    """Each rule with the address that it tells, and whose that is: one statement."""
    columns = (AlertRule, NoticeAddress.name, NoticeAddress.disabled_at, User.name.label("owner"))
    joined = select(*columns).join(NoticeAddress, NoticeAddress.id == AlertRule.address_id)
    ordered = joined.join(User, User.id == NoticeAddress.owner_id).order_by(AlertRule.id)
    return db.session.execute(ordered.execution_options(populate_existing=True)).all()


def in_force() -> Sequence[AlertRule]:
    """Those whose address is on, and an operator's; while nobody signs in, that of whoever is at this machine."""
    is_operator = User.role.in_((OPERATOR, ADMIN)) & User.disabled_at.is_(None)
    joined = select(AlertRule).join(NoticeAddress, NoticeAddress.id == AlertRule.address_id)
    theirs = joined.join(User, User.id == NoticeAddress.owner_id).where(
        NoticeAddress.disabled_at.is_(None), or_(User.login.is_(None), is_operator)
    )
    return db.session.scalars(theirs.execution_options(populate_existing=True)).all()


def create(
    owner_id: int,
    address_id: int,
    kind: str,
    *,
    by: str,
    queue: str | None = None,
    threshold: float | None = None,
    window_minutes: float = 60.0,
) -> int:
    """Make a rule that tells an address of its maker's; its id.

    :raise InvalidInput: naming the field that is wrong, and what it may be.
    :raise NotFound: if the address is not theirs.
    :raise Conflict: if there are too many rules already.
    """
    sort = _kind(kind)
    values = {
        "kind": kind,
        "queue": _queue(queue) if sort.has_queue else None,
        "threshold": _threshold(sort, threshold),
        "window_minutes": _window(window_minutes) if sort.has_window else 0.0,
    }
    with transaction() as session:
        owner = session.scalar(select(NoticeAddress.owner_id).where(NoticeAddress.id == address_id))
        if owner != owner_id:
            raise no_such_address(address_id)
        if (session.scalar(select(func.count()).select_from(AlertRule)) or 0) >= MAX_RULES:
            raise Conflict(f"There are {MAX_RULES} rules already; remove one first.")
        made = insert(AlertRule).values(address_id=address_id, created_by=by[:120], created_at=db_now(), **values)
        rule_id = int(session.execute(made.returning(AlertRule.id)).scalar_one())
        audit.write(session, by, "add_alert", "alert", str(rule_id), details={"title": sort.label, **values})
    return rule_id


def remove(rule_id: int, *, by: str) -> None:
    """:raise NotFound: if there is none such."""
    with transaction() as session:
        kind = session.scalar(select(AlertRule.kind).where(AlertRule.id == rule_id))
        if kind is None:
            raise NotFound(f"There is no alert {rule_id}.", code="no_such_alert")
        session.execute(delete(AlertRule).where(AlertRule.id == rule_id))
        audit.write(session, by, "remove_alert", "alert", str(rule_id), details={"title": KINDS[kind].label})


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise InvalidInput("There is no such alert.", details={"kind": f"one of {', '.join(KINDS)}"})
    return KINDS[kind]


def _queue(queue: str | None) -> str | None:
    if queue and queue not in QUEUES:
        raise InvalidInput(f"There is no queue {queue[:40]!r}.", details={"queue": f"one of {', '.join(QUEUES)}"})
    return queue or None


def _threshold(kind: Kind, threshold: float | None) -> float:
    if kind.amount is None:
        return 0.0
    amount = kind.usual if threshold is None else threshold
    if not kind.least <= amount <= kind.most:
        allowed = f"{kind.least:g} to {kind.most:,.0f}"
        raise InvalidInput(f"How many {kind.amount.removesuffix(' at least')}?", details={"threshold": allowed})
    return amount


def _window(minutes: float) -> float:
    if not 1 <= minutes <= WINDOW_MAX_MINUTES:
        raise InvalidInput("Within how long?", details={"window_minutes": "1 to 1440 minutes"})
    return minutes
