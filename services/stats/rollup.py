"""Bringing the history up to date: minutes that are over are counted, and summed up to longer stretches.

How far it has come is one row of `RollUp`. Whoever counts a minute moves that row on in the transaction that writes
the minute, and only if it still stands where it stood: so a minute is counted once, however many janitors there are.
"""

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import clock
from extensions import db, transaction
from models import Job, JobStat, RollUp
from services.jobs import states
from services.jobs.instants import first_id_at, instant_of_id
from services.stats import error_groups
from services.stats.recent import JOBS, JOBS_SINCE, reach_of_history
from services.stats.stretches import (
    COMMIT_LAG_SECONDS,
    MINUTE_SECONDS,
    RESOLUTIONS,
    Resolution,
    floor_to,
)
from services.stats.tally import STAT_COLUMNS, Tallies, add_up, count_jobs

log = structlog.get_logger(__name__)

# After a long time down the rest waits for the next round, so that the janitor's other duties do not.
MAX_SECONDS = 1.0


def roll_up(now: float | None = None) -> None:
    """Count whatever is over and not in the history yet. Two small reads if there is nothing to do.

    `now` is by the database's clock if it is not given.
    """
    count_minutes(now)
    error_groups.count_failures(now)


def count_minutes(now: float | None = None) -> int:
    """Count the minutes that are over, oldest first, for about a second at most; how many had anything in them."""
    reach = reach_of_history()
    done = reach.until
    limit = floor_to((reach.now if now is None else now) - COMMIT_LAG_SECONDS, MINUTE_SECONDS)
    if done >= limit:
        db.session.rollback()
        return 0
    done = done or _begin(limit)
    counted, stop_at = 0, clock.monotonic() + MAX_SECONDS
    while done < limit and clock.monotonic() < stop_at:
        tallies = count_jobs(done, done + MINUTE_SECONDS)
        until = done + MINUTE_SECONDS if tallies else min(limit, _next_news(done + MINUTE_SECONDS, limit))
        if not _keep(done, until, tallies):
            log.info("another_janitor_counts", minute=done)
            break
        counted += bool(tallies)
        done = until
    return counted


def _begin(limit: int) -> int:
    """Start the history with the oldest job that there is; the minute to begin with."""
    start = min(limit, _next_news(0, limit))
    try:
        with transaction() as session:
            session.execute(insert(RollUp), [{"name": name, "done_until": start} for name in (JOBS, JOBS_SINCE)])
    except IntegrityError:
        log.info("another_janitor_counts", minute=start)
    return start


def _next_news(start: int, otherwise: int) -> int:
    """The minute in which the first job came in or ended from `start` on. Four looks at the head of an index."""
    ended = [
        select(func.min(Job.ended_at)).where(Job.status == status, Job.ended_at >= start).scalar_subquery()
        for status in states.ENDED
    ]
    created = select(func.min(Job.id)).where(Job.id >= first_id_at(start)).scalar_subquery()
    first_id, *instants = db.session.execute(select(created, *ended)).one()
    news = [instant for instant in instants if instant is not None] + ([instant_of_id(first_id)] if first_id else [])
    return floor_to(min(news), MINUTE_SECONDS) if news else otherwise


def _keep(done: int, until: int, tallies: Tallies) -> bool:
    """Write a minute, and the longer stretches that end with it, if the history still ends where we began."""
    with transaction() as session:
        moved = session.execute(
            update(RollUp)
            .where(RollUp.name == JOBS, RollUp.done_until == done)
            .values(done_until=until)
            .returning(RollUp.name)
        ).one_or_none()
        if moved is None:
            return False
        _replace(session, done, MINUTE_SECONDS, tallies)
        for resolution in RESOLUTIONS[1:]:
            bucket = floor_to(done, resolution.seconds)
            if bucket < floor_to(until, resolution.seconds):
                _sum_up(session, bucket, resolution)
    return True


def _sum_up(session: Session, bucket: int, resolution: Resolution) -> None:
    parts = select(JobStat.queue, JobStat.type, *STAT_COLUMNS).where(
        JobStat.bucket_at >= bucket,
        JobStat.bucket_at < bucket + resolution.seconds,
        JobStat.resolution_seconds == resolution.of_seconds,
    )
    _replace(session, bucket, resolution.seconds, add_up(session.execute(parts)))


def _replace(session: Session, bucket: int, resolution_seconds: int, tallies: Tallies) -> None:
    session.execute(
        delete(JobStat).where(JobStat.bucket_at == bucket, JobStat.resolution_seconds == resolution_seconds)
    )
    rows = [
        {"bucket_at": bucket, "resolution_seconds": resolution_seconds, **kind._asdict(), **tally.row()}
        for kind, tally in tallies.items()
    ]
    if rows:
        session.execute(insert(JobStat), rows)
