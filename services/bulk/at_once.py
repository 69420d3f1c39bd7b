"""One operation on all jobs that match a filter, within the request."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from extensions import transaction
from services import audit
from services.bulk.batches import Order, Step, act, ids_after
from services.bulk.ledger import TARGET_TYPE

MAX_JOBS = 1000


@dataclass(frozen=True, slots=True)
class BulkReport:
    """How many jobs matched, how many were changed, and how many had moved on meanwhile."""

    matched: int
    changed: int
    skipped: int
    more: bool


def apply(order: Order, actor: str) -> BulkReport:
    """Act on up to 1,000 matching jobs that are in a state for it; `more` says that others are left."""
    ids = ids_after(order, "", MAX_JOBS + 1)
    wanted = ids[:MAX_JOBS]
    size = order.action.batch
    changed = sum(_act(order, wanted[start : start + size]) for start in range(0, len(wanted), size))
    report = BulkReport(len(wanted), changed, len(wanted) - changed, more=len(ids) > MAX_JOBS)
    audit.record(
        actor,
        order.action.name,
        TARGET_TYPE,
        order.selection.token,
        details=order.as_params() | {"which": order.selection.describe()},
        matched=report.matched,
        changed=report.changed,
        skipped=report.skipped,
        message=f"{changed:,} {order.action.past}" + (", others are left." if report.more else "."),
    )
    return report


def _act(order: Order, ids: Sequence[str]) -> int:
    return act(order, ids, transaction, _note_nothing)


def _note_nothing(_session: Session, _step: Step) -> None:
    """Counts are kept by whoever waits for the answer."""
