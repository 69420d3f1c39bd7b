"""The background job: it counts the jobs that are meant, then goes through them."""

from dataclasses import asdict

from sqlalchemy import func, select

from extensions import db
from models import Job
from services import audit
from services.bulk.batches import Order, act, ids_after
from services.bulk.ledger import Counts, Ledger
from services.jobs.moves import CancelRequested
from services.jobs.work import Outcome, Work


def act_on_many(work: Work) -> Outcome:
    """Act on all that are meant; a second attempt goes on where the first one's last committed batch ended."""
    order, ledger = Order.from_params(work.job.params), Ledger.of(work.job.target_id or "")
    remaining = _count(order, ledger.got_to)
    with work.saving() as session:
        ledger.begin(session, remaining)
    work.progress.step("acting", total=remaining)
    try:
        _go_through(order, ledger, work)
    except CancelRequested:
        _told_to_stop(order, ledger, work)
        raise
    counts = ledger.counts()
    return Outcome(result=asdict(counts), save=lambda: _finish(order, ledger, counts))


def _count(order: Order, last_id: str) -> int:
    wanted = (*order.selection.fitting(order.action, order.queue), Job.id > last_id)
    counted = db.session.scalar(select(func.count()).select_from(Job).where(*wanted))
    db.session.rollback()
    return counted or 0


def _go_through(order: Order, ledger: Ledger, work: Work) -> None:
    work.checkpoint()
    last_id = ledger.got_to
    while ids := ids_after(order, last_id, order.action.batch):
        act(order, ids, work.saving, ledger.note)
        last_id = ids[-1]
        work.progress.advance(len(ids))
        work.checkpoint()


def _told_to_stop(order: Order, ledger: Ledger, work: Work) -> None:
    counts = ledger.counts()
    message = f"Stopped after {counts.changed:,} of {counts.matched:,} jobs were {order.action.past}."
    with work.saving() as session:
        audit.finish(session, ledger.entry_id, audit.CANCELED, message=message)


def _finish(order: Order, ledger: Ledger, counts: Counts) -> None:
    message = f"{counts.changed:,} {order.action.past}"
    if counts.skipped:
        message += f", {counts.skipped:,} skipped: they were in no state for it any more when their turn came"
    audit.finish(db.session(), ledger.entry_id, audit.DONE, message=f"{message}.", **asdict(counts))
