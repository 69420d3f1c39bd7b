"""Jobs that should have moved on by themselves (`services/fleet/conditions`)."""

from collections.abc import Sequence

from services.fleet import rescue, stuck
from services.fleet.glance import free_queues
from services.fleet.health import read_records
from services.fleet.stuck import StuckJob
from services.recovery.things import COUNTED, Finder, Remedy, StuckThing

KIND = "jobs"


def find(limit: int) -> Sequence[StuckThing]:
    return [_told(job) for job in stuck.find_stuck(_free(), limit)[:limit]]


def count() -> int:
    return stuck.count_stuck(_free(), COUNTED)


def act(job_id: str, by: str) -> str:
    """:raise NotFound, Conflict, Unavailable: as `rescue` does."""
    rescue.rescue(job_id, by=by)
    return "The job was set going again; it may take some seconds to show."


def _free() -> set[str]:
    return free_queues(read_records() or [])


def _told(job: StuckJob) -> StuckThing:
    return StuckThing(
        kind=KIND,
        id=job.job_id,
        title=job.title or job.job_id,
        detail=f"in “{job.queue}”",
        url=f"/admin/jobs/{job.job_id}",
        why=job.sentence,
        since=job.since,
        next=job.by_itself,
        remedy=Remedy("Rescue now", job.rescue),
    )


FINDER = Finder(
    KIND,
    "Jobs",
    "Lost by their worker, silent, overdue, or waiting too long beside a free worker.",
    "/admin/queues",
    find,
    count,
    act,
)
