"""The nightly job that forgets what is too old, batch by batch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import structlog
from redis.exceptions import RedisError
from sqlalchemy import delete, select

import clock
from extensions import db, db_now, transaction, unhurried
from models import ScheduleRun
from services import audit
from services.fleet.live_documents import clean_up_in_batches
from services.footage import sweeping
from services.jobs.work import Outcome, Work
from services.media import stored
from services.renders import cycles_kept
from services.stats import retention
from services.videos import recovery_rows
from services.videos import sweeping as video_files

log = structlog.get_logger(__name__)

DAY_SECONDS = 86_400
RUNS_KEPT_DAYS = 400
PROGRESS_KEPT_HOURS = 24.0
DRAFTS_KEPT_SECONDS = DAY_SECONDS
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """Something to forget: each batch says how many it removed, and the last is 0 or the end."""

    name: str
    message: str
    batches: Callable[[], Iterator[int]]


def run(work: Work) -> Outcome:
    """Forget everything that is old enough; how much of each, as the result. Safe to run twice, and to stop."""
    parts = _parts()
    removed: dict[str, int] = {}
    work.progress.step("forgetting", total=len(parts))
    for part in parts:
        work.progress.message(part.message)
        removed[part.name] = 0
        with unhurried():
            for number in part.batches():
                removed[part.name] += number
                work.checkpoint()
        work.progress.advance()
    return Outcome(result=removed)


def _parts() -> list[Part]:
    now = clock.now()
    return [
        Part("job_stats", "Statistics", partial(_until_none, partial(retention.prune_job_stats, now))),
        Part("errors", "Errors", partial(_until_none, partial(retention.prune_error_history, now))),
        Part("audit_entries", "Audit entries", partial(_until_none, audit.prune)),
        Part("schedule_runs", "Runs of schedules", partial(_until_none, _prune_runs)),
        Part("recovery_runs", "Runs that looked for stuck videos", partial(_until_none, recovery_rows.prune)),
        Part("render_cycles", "Looks for renders", partial(_until_none, cycles_kept.prune)),
        Part("live_progress", "Live progress", _live_progress),
        Part("drafts", "Files that were never finished", _drafts),
        Part("footage_files", "Files of footage that is gone", sweeping.sweep),
        Part("video_files", "Files of videos that are gone", video_files.sweep),
    ]


def _live_progress() -> Iterator[int]:
    """Without Redis there is none to drop, and what there is expires by itself."""
    try:
        yield from clean_up_in_batches(PROGRESS_KEPT_HOURS)
    except RedisError as e:
        log.warning("live_progress_not_dropped", error=str(e))


def _drafts() -> Iterator[int]:
    yield stored.storage().sweep_drafts(before=clock.now() - DRAFTS_KEPT_SECONDS)


def _until_none(prune: Callable[[], int]) -> Iterator[int]:
    while number := prune():
        yield number


def _prune_runs() -> int:
    old = select(ScheduleRun.id).where(ScheduleRun.started_at < db_now() - RUNS_KEPT_DAYS * DAY_SECONDS).limit(BATCH)
    with transaction() as session:
        ids = list(session.scalars(old))
        session.execute(delete(ScheduleRun).where(ScheduleRun.id.in_(ids)))
    db.session.rollback()
    return len(ids)
