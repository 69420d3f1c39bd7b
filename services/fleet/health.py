"""Each worker with its job and its last sign of life, and one word for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

import clock
from extensions import db, redis
from models import Job
from services.fleet.heartbeats import is_silent, janitor_age_seconds
from services.jobs import states
from store.redis_state import RedisState
from store.workers import WorkerRecord, read_workers_and_state

log = structlog.get_logger(__name__)

# A worker shows a sign of life every 5 s at a job and every 15 s without one.
STALE_SECONDS = 30
# What has been stale for so long is told of as lost, and no longer counted among the workers.
GONE_SECONDS = 120
# A worker that has had no job for so long is free; between two jobs it has none for a moment.
FREE_SECONDS = 15
MIB = 1024 * 1024

HEALTHY, DEGRADED, DOWN = "healthy", "degraded", "down"
STALE, BUSY = "stale", "busy"


@dataclass(frozen=True, slots=True)
class FleetHealth:
    """`health` is healthy, degraded or down; `reason` is a sentence for people."""

    health: str
    reason: str
    workers: list[dict[str, Any]]


def worker_health() -> FleetHealth:
    """All workers that live or were lost just now."""
    records = read_records()
    if records is None:
        return FleetHealth(DOWN, "Redis cannot be reached: nothing is taken up until it is back.", [])
    workers = describe([record for record in records if age_of(record) < GONE_SECONDS])
    return FleetHealth(*judge(workers, janitor_age_seconds()), workers)


def read_records() -> list[WorkerRecord] | None:
    """Every worker that is known of; None if Redis does not answer."""
    return read_records_and_state()[0]


def read_records_and_state() -> tuple[list[WorkerRecord] | None, RedisState | None]:
    """The same, with how Redis fares; None twice if it does not answer."""
    try:
        return read_workers_and_state(redis.client)
    except RedisError as e:
        log.warning("workers_not_read", error=str(e))
        return None, None


def age_of(record: WorkerRecord) -> float:
    """Seconds since its last sign of life."""
    return max(0.0, clock.now() - record.heartbeat_at)


def is_alive(record: WorkerRecord) -> bool:
    return age_of(record) <= STALE_SECONDS


def is_free(record: WorkerRecord) -> bool:
    """Whether it has been waiting for work for a while, and will take up whatever comes."""
    idle = record.idle_since is not None and clock.now() - record.idle_since > FREE_SECONDS
    return is_alive(record) and idle and not record.ring and not record.leaves


def judge(workers: list[dict[str, Any]], janitor_age: float | None) -> tuple[str, str]:
    """One word for the fleet, and why. Pure."""
    alive = [worker for worker in workers if worker["state"] != STALE]
    if not alive:
        return DOWN, "No worker is running: jobs are kept, but nobody takes them up."
    if is_silent(janitor_age):
        return DEGRADED, "The janitor shows no sign of life: lost jobs are not rescued until it is back."
    if len(alive) < len(workers):
        return DEGRADED, f"{len(workers) - len(alive)} of {len(workers)} workers show no sign of life."
    return HEALTHY, f"All {len(alive)} workers are alive." if len(alive) > 1 else "The worker is alive."


def describe(records: Sequence[WorkerRecord]) -> list[dict[str, Any]]:
    """The workers as they are told of; one statement for the jobs of all of them."""
    running = _running_jobs([record.name for record in records])
    return [_describe(record, running.get(record.name)) for record in records]


def _describe(record: WorkerRecord, job: Job | None) -> dict[str, Any]:
    age = age_of(record)
    return {
        "name": record.name,
        "host": record.host,
        "pid": record.pid,
        "state": STALE if age > STALE_SECONDS else (BUSY if job else record.state),
        "queues": list(record.queues),
        "current_job": None if job is None else _current_job(job),
        "heartbeat_age_seconds": round(age, 1),
        "jobs_done": record.jobs_done,
        "jobs_failed": record.jobs_failed,
        "started_at": clock.iso(record.started_at),
        "version": record.version,
        "memory_mb": round(record.memory_bytes / MIB, 1) if record.memory_bytes else None,
        "leaving": record.leaves or None,
        "told_by": record.told_by or None,
    }


def _current_job(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "job_type": job.type,
        "title": job.title,
        "progress": round(job.progress, 4),
        "status": job.status,
    }


def _running_jobs(worker_names: list[str]) -> dict[str, Job]:
    held = select(Job).where(Job.status == states.STARTED, Job.lease_owner.in_(worker_names))
    return {job.lease_owner: job for job in db.session.scalars(held) if job.lease_owner}
