"""Forgetting what is too old. Each call removes a batch, so that whoever calls can show how far it is, and stop."""

from sqlalchemy import delete, select

from extensions import transaction
from models import ErrorGroup, ErrorStat, JobStat
from services.stats.stretches import DAY_SECONDS, RESOLUTIONS

ERROR_HOURS_KEPT_SECONDS = 35 * DAY_SECONDS
ERROR_GROUPS_KEPT_SECONDS = 400 * DAY_SECONDS


def prune_job_stats(now: float, limit: int = 1000) -> int:
    """Remove about `limit` stretches that have been kept long enough; how many, so 0 says that all are gone."""
    return sum(_prune_resolution(part.seconds, now - part.kept_seconds, limit) for part in RESOLUTIONS)


def _prune_resolution(resolution_seconds: int, before: float, limit: int) -> int:
    old = (JobStat.resolution_seconds == resolution_seconds, JobStat.bucket_at < int(before))
    buckets = select(JobStat.bucket_at).where(*old).distinct().order_by(JobStat.bucket_at).limit(limit)
    with transaction() as session:
        gone = session.scalars(
            delete(JobStat)
            .where(*old, JobStat.bucket_at.in_(buckets.scalar_subquery()))
            .returning(JobStat.bucket_at)
            .execution_options(synchronize_session=False)
        ).all()
    return len(gone)


def prune_error_history(now: float, limit: int = 1000) -> int:
    """The same for the trends of errors, and for errors that nobody has seen for more than a year."""
    old_hours = ErrorStat.bucket_at < int(now - ERROR_HOURS_KEPT_SECONDS)
    hours = select(ErrorStat.bucket_at).where(old_hours).distinct().order_by(ErrorStat.bucket_at).limit(limit)
    unseen = ErrorGroup.last_seen_at < now - ERROR_GROUPS_KEPT_SECONDS
    options = {"synchronize_session": False}
    with transaction() as session:
        in_hours = delete(ErrorStat).where(ErrorStat.bucket_at.in_(hours.scalar_subquery()))
        gone = session.scalars(in_hours.returning(ErrorStat.bucket_at).execution_options(**options)).all()
        groups = session.scalars(delete(ErrorGroup).where(unseen).returning(ErrorGroup.id).execution_options(**options))
        return len(gone) + len(groups.all())
