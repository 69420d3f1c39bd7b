"""A batch of decisions, written in one transaction: ends by the one door, and when the others are looked at again."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Double, Table, bindparam, case, func, insert, literal_column, update
from sqlalchemy.orm import Session

from extensions import db_now, transaction
from models import Render, RenderCycle
from services.renders import states
from services.renders.deciding import Decision
from services.renders.due import Due
from services.renders.finishing import finish_within
from services.renders.start import tend_later

CHECKED, STILL_PROCESSING, ERRORS = "checked", "still_processing", "errors"
COUNTED = (CHECKED, states.COMPLETED, states.FAILED, states.EXPIRED, STILL_PROCESSING, ERRORS)

Decided = Sequence[tuple[Due, Decision]]


def apply(cycle_id: str, decided: Decided) -> Counter[str]:
    """Each decision once, whoever else is at it: what is not as it was when it was looked at stays as it is.

    The counts are by `COUNTED`; `errors` are looks that nobody answered, of renders that are under way still.
    """
    ending = [(due, decision) for due, decision in decided if decision.outcome is not None]
    waiting = [(due, decision) for due, decision in decided if decision.outcome is None]
    with transaction() as session:
        counts = Counter(status for each in ending if (status := _end(session, *each)) is not None)
        counts.update(_counted(waiting) | {CHECKED: len(decided)})
        _put_off(session, waiting)
        _count(session, cycle_id, counts)
    for due, decision in waiting:
        if decision.is_to_be_asked:
            tend_later(due.asked.id, due.owner_id)
    return counts


def _end(session: Session, due: Due, decision: Decision) -> str | None:
    """The status that it comes to by this; None if somebody else was quicker."""
    if decision.outcome is None:
        return None
    is_ours = finish_within(session, due.asked.id, states.POLL, decision.outcome, token_hash=due.asked.token_hash)
    return decision.outcome.status if is_ours else None


def _counted(waiting: Decided) -> dict[str, int]:
    under_way = sum(due.status == states.PROCESSING for due, _ in waiting)
    return {STILL_PROCESSING: under_way, ERRORS: sum(decision.is_unanswered for _, decision in waiting)}


def _put_off(session: Session, waiting: Decided) -> None:
    """One statement for all of them."""
    if not waiting:
        return
    table: Table = Render.__table__  # type: ignore[assignment] # SQLAlchemy types it as any selectable
    columns = table.c
    first_told = func.coalesce(columns.told_done_at, db_now())
    statement = (
        update(table)
        .where(
            columns.id == bindparam("of_id"),
            columns.token_hash == bindparam("of_token_hash"),
            columns.status == bindparam("of_status"),
        )
        .values(
            check_at=db_now() + bindparam("in_seconds", type_=Double),
            checked_at=db_now(),
            checks=columns.checks + literal_column("1"),
            check_errors=bindparam("errors_by_now"),
            told_done_at=case((bindparam("is_told_done"), first_told), else_=columns.told_done_at),
        )
    )
    session.connection().execute(statement, [_values(*each) for each in waiting])


def _values(due: Due, decision: Decision) -> dict[str, object]:
    return {
        "of_id": due.asked.id,
        "of_token_hash": due.asked.token_hash,
        "of_status": due.status,
        "in_seconds": decision.check_in_seconds,
        "errors_by_now": decision.check_errors,
        "is_told_done": decision.is_told_done,
    }


def _count(session: Session, cycle_id: str, counts: Counter[str]) -> None:
    """Add to the cycle's row; its first batch makes it, so that a cycle which finds nothing leaves none."""
    more = {name: getattr(RenderCycle, name) + counts[name] for name in COUNTED}
    added = update(RenderCycle).where(RenderCycle.id == cycle_id).values(more).returning(RenderCycle.id)
    if session.execute(added.execution_options(synchronize_session=False)).one_or_none() is None:
        session.execute(
            insert(RenderCycle).values(id=cycle_id, started_at=db_now(), **{name: counts[name] for name in COUNTED})
        )
