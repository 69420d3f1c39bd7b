"""A person's own work: what runs now, and what ended lately."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

import clock
from extensions import db
from models import Job
from services.jobs import listing, states

SHOWN = 10
# What waits or is over is looked for among the newest only, so that the answer costs the same after years of jobs.
NEWEST_LOOKED_AT = 100
ENDED_WITHIN_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class MyJobs:
    """Up to ten of each, the newest first; `live_count` counts all that run or wait."""

    live: list[dict[str, Any]]
    live_count: int
    ended: list[dict[str, Any]]


def my_jobs(owner_id: int) -> MyJobs:
    """The work that somebody asked for; children are told of by their parents."""
    mine = (Job.owner_id == owner_id, Job.parent_id.is_(None))
    # Few of all jobs run, and somebody may have had a hundred thousand: those that run are looked through for theirs.
    running = _newest(Job.owner_id + 0 == owner_id, Job.parent_id.is_(None), Job.status == states.STARTED)
    newest = _newest(*mine)
    waiting = [job for job in newest if job.status in states.LIVE and job.status != states.STARTED]
    ended_since = clock.now() - ENDED_WITHIN_SECONDS
    ended = [job for job in newest if job.ended_at is not None and job.ended_at >= ended_since]
    ended.sort(key=lambda job: job.ended_at or 0.0, reverse=True)
    live = [*running, *waiting]
    return MyJobs(_lines(live), len(live), _lines(ended))


def _newest(*conditions: ColumnElement[bool]) -> list[Job]:
    newest_first = select(Job).where(*conditions).order_by(Job.id.desc())
    return list(db.session.scalars(newest_first.limit(NEWEST_LOOKED_AT)))


def _lines(jobs: list[Job]) -> list[dict[str, Any]]:
    return [listing.summary(job) for job in jobs[:SHOWN]]
