"""Counting failures by what went wrong: how often each was seen, in all and by the hour, and when first and last."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from extensions import db, db_now, transaction
from models import ErrorGroup, ErrorStat, Job, RollUp
from services.jobs import states
from services.stats.stretches import HOUR_SECONDS, floor_to

# The name of this count in `RollUp`.
FAILURES = "failures"
# Operators look here when something breaks, so failures are counted sooner than the rest: the transaction that fails a
# job is a short one.
COMMIT_LAG_SECONDS = 10
MAX_STRETCHES = 50
INTERNAL_ERROR = "internal_error"
MAX_SAMPLE_CHARS = 500


def count_failures(now: float | None = None) -> int:
    """Count the jobs that have failed since the last time; how many. One read, and no write, if there are none."""
    counted = 0
    for _ in range(MAX_STRETCHES):
        done, first, database_now = _look()
        limit = int((database_now if now is None else now) - COMMIT_LAG_SECONDS)
        if first is None or first >= limit:
            break
        start = int(first)
        until = min(limit, floor_to(start, HOUR_SECONDS) + HOUR_SECONDS)
        added = _count(done, start, until)
        if added is None:  # another janitor was quicker
            break
        counted += added
    db.session.rollback()
    return counted


def _look() -> tuple[int | None, float | None, float]:
    """Until when failures are counted (None: never), when the first was that is not, and the database's time."""
    done = select(RollUp.done_until).where(RollUp.name == FAILURES).scalar_subquery()
    first = select(func.min(Job.ended_at)).where(Job.status == states.FAILED, Job.ended_at >= func.coalesce(done, 0))
    row = db.session.execute(select(done, first.scalar_subquery(), db_now())).one()
    return row[0], row[1], row[2]


def _count(done: int | None, start: int, until: int) -> int | None:
    """Add the failures of a stretch within one hour to their groups; None if the stretch is not ours to count."""
    found = (
        select(
            Job.error_group,
            func.count().label("times"),
            func.min(Job.ended_at).label("first"),
            func.max(Job.ended_at).label("last"),
            func.max(Job.id).label("sample"),
        )
        .where(Job.status == states.FAILED, Job.ended_at >= start, Job.ended_at < until, Job.error_group.is_not(None))
        .group_by(Job.error_group)
    )
    rows = db.session.execute(found).all()
    samples = _samples([row.sample for row in rows])
    try:
        with transaction() as session:
            if not _move_on(session, done, until):
                return None
            for row in rows:
                if row.sample in samples:  # else it was deleted between the two looks
                    _add(session, row, samples[row.sample], floor_to(start, HOUR_SECONDS))
    except IntegrityError:  # the first time, by two at once
        return None
    return sum(int(row.times) for row in rows)


def _samples(job_ids: list[str]) -> dict[str, Any]:
    """What to say of each group: the newest of its jobs, by id."""
    columns = (Job.id, Job.type, Job.error_code, Job.error, Job.error_detail)
    return {row.id: row for row in db.session.execute(select(*columns).where(Job.id.in_(job_ids)))}


def _sentence(sample: Any) -> str:
    """What went wrong, for operators: of a mistake of our own the last line of its traceback, since that names it."""
    if sample.error_code == INTERNAL_ERROR and sample.error_detail:
        return str(sample.error_detail).strip().rpartition("\n")[2][:MAX_SAMPLE_CHARS]
    return sample.error or ""


def _move_on(session: Session, done: int | None, until: int) -> bool:
    if done is None:
        session.execute(insert(RollUp).values(name=FAILURES, done_until=until))
        return True
    moved = (
        update(RollUp)
        .where(RollUp.name == FAILURES, RollUp.done_until == done)
        .values(done_until=until)
        .returning(RollUp.name)
    )
    return session.execute(moved).one_or_none() is not None


def _add(session: Session, found: Any, sample: Any, hour: int) -> None:
    group_id = found.error_group
    facts = {
        "type": sample.type,
        "error_code": sample.error_code or "",
        "sample": _sentence(sample),
        "sample_job_id": sample.id,
        "last_seen_at": found.last,
    }
    again = update(ErrorGroup).where(ErrorGroup.id == group_id).values(count=ErrorGroup.count + found.times, **facts)
    if session.execute(again.returning(ErrorGroup.id)).one_or_none() is None:
        first = {"id": group_id, "count": found.times, "first_seen_at": found.first}
        session.execute(insert(ErrorGroup).values(first | facts))
    by_hour = update(ErrorStat).where(ErrorStat.group_id == group_id, ErrorStat.bucket_at == hour)
    more = by_hour.values(count=ErrorStat.count + found.times).returning(ErrorStat.group_id)
    if session.execute(more).one_or_none() is None:
        session.execute(insert(ErrorStat).values(group_id=group_id, bucket_at=hour, count=found.times))
