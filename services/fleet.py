"""How the queues and the workers fare: one read of SQL, one pipeline of Redis, and nothing changed by looking."""

import os
import socket
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select

import clock
from extensions import db, db_now, redis, transaction
from models import Heartbeat, Job, QueueState
from services.jobs import states
from services.jobs.registry import QUEUES
from store.progress import ProgressStore
from store.workers import WorkerRecord, read_workers

log = structlog.get_logger(__name__)

HOUR_SECONDS = 3600
RATE_SECONDS = 300
STALE_SECONDS = 45
GONE_SECONDS = 120
JANITOR_STALE_SECONDS = 60
_COUNTED = (states.QUEUED, states.STARTED, states.DEFERRED, states.SCHEDULED, states.FAILED)

HEALTHY, DEGRADED, DOWN = "healthy", "degraded", "down"


def queue_status() -> list[dict[str, Any]]:
    """Each queue: jobs by state, finished in the last hour, oldest wait, pace, and whether it is paused.

    A parent that waits for its children is not work of its own for a worker, so only its children are counted.
    """
    now: float = db.session.scalar(select(db_now())) or 0.0
    counted = {
        (queue, status): count
        for queue, status, count in db.session.execute(
            select(Job.queue, Job.status, func.count())
            .where(Job.status.in_(_COUNTED), Job.children_total.is_(None))
            .group_by(Job.queue, Job.status)
        )
    }
    hour = _finished_since(now - HOUR_SECONDS)
    recent = _finished_since(now - RATE_SECONDS)
    oldest = dict(
        db.session.execute(
            select(Job.queue, func.min(Job.due_at)).where(Job.status == states.QUEUED).group_by(Job.queue)
        ).all()
    )
    paused = {state.name: state for state in db.session.scalars(select(QueueState).where(QueueState.paused))}
    return [
        {
            "name": name,
            **{status: counted.get((name, status), 0) for status in _COUNTED},
            "finished_last_hour": hour.get(name, 0),
            "oldest_wait_seconds": round(max(0.0, now - oldest[name]), 1) if name in oldest else None,
            "jobs_per_minute": round(recent.get(name, 0) * 60 / RATE_SECONDS, 1),
            "paused": name in paused,
            "paused_reason": paused[name].reason if name in paused else "",
        }
        for name in QUEUES
    ]


def _finished_since(instant: float) -> dict[str, int]:
    finished = (
        select(Job.queue, func.count())
        .where(Job.status == states.FINISHED, Job.ended_at >= instant, Job.children_total.is_(None))
        .group_by(Job.queue)
    )
    return dict(db.session.execute(finished).all())


@dataclass(frozen=True, slots=True)
class FleetHealth:
    """`health` is healthy, degraded or down; `reason` is a sentence for people."""

    health: str
    reason: str
    workers: list[dict[str, Any]]


def worker_health() -> FleetHealth:
    """Each worker with its job and its last sign of life, and one word for all of them."""
    try:
        records = read_workers(redis.client)
    except RedisError as e:
        log.warning("workers_not_read", error=str(e))
        return FleetHealth(DOWN, "Redis cannot be reached: nothing is taken up until it is back.", [])
    now = clock.now()
    running = _running_jobs([record.name for record in records])
    workers = [
        worker
        for worker in (_describe(record, running, now) for record in records)
        if worker["heartbeat_age_seconds"] < GONE_SECONDS
    ]
    janitor_age = janitor_age_seconds()
    return FleetHealth(*judge(workers, janitor_age), workers)


def judge(workers: list[dict[str, Any]], janitor_age: float | None) -> tuple[str, str]:
    """One word for the fleet, and why. Pure."""
    alive = [worker for worker in workers if worker["state"] != "stale"]
    if not alive:
        return DOWN, "No worker is running: jobs are kept, but nobody takes them up."
    if janitor_age is None or janitor_age > JANITOR_STALE_SECONDS:
        return DEGRADED, "The janitor shows no sign of life: lost jobs are not rescued until it is back."
    if len(alive) < len(workers):
        return DEGRADED, f"{len(workers) - len(alive)} of {len(workers)} workers show no sign of life."
    return HEALTHY, f"All {len(alive)} workers are alive."


def _describe(record: WorkerRecord, running: dict[str, Job], now: float) -> dict[str, Any]:
    age = max(0.0, now - record.heartbeat_at)
    job = running.get(record.name)
    described = asdict(record) | {
        "state": "stale" if age > STALE_SECONDS else ("busy" if job else record.state),
        "queues": list(record.queues),
        "heartbeat_age_seconds": round(age, 1),
        "current_job": None
        if job is None
        else {"job_id": job.id, "job_type": job.type, "title": job.title, "progress": round(job.progress, 4)},
    }
    del described["heartbeat_at"]
    return described


def _running_jobs(worker_names: list[str]) -> dict[str, Job]:
    held = select(Job).where(Job.status == states.STARTED, Job.lease_owner.in_(worker_names))
    return {job.lease_owner: job for job in db.session.scalars(held) if job.lease_owner}


def beat(kind: str) -> None:
    """Say that this process lives; `/readyz` and the worker page look at it."""
    host, pid = socket.gethostname(), os.getpid()
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        session.merge(Heartbeat(name=f"{kind}:{host}:{pid}", kind=kind, host=host, pid=pid, at=now))


def janitor_age_seconds() -> float | None:
    """Seconds since the last sign of life of any janitor; None if there never was one."""
    age: float | None = db.session.scalar(select(db_now() - func.max(Heartbeat.at)).where(Heartbeat.kind == "janitor"))
    return age


def readiness() -> dict[str, str]:
    """What is wrong with each part that is needed, by its name; empty if all are ready.

    :raise SQLAlchemyError: if the database does not answer.
    """
    wrong: dict[str, str] = {}
    db.session.execute(select(1))
    try:
        redis.client.ping()
    except RedisError:
        wrong["redis"] = "Redis does not answer."
        return wrong
    health = worker_health()
    if health.health == DOWN:
        wrong["workers"] = health.reason
    age = janitor_age_seconds()
    if age is None or age > JANITOR_STALE_SECONDS:
        wrong["janitor"] = "The janitor shows no sign of life."
    return wrong


def clean_up_progress(max_age_hours: float) -> int:
    """Drop the live progress of jobs that ended longer ago than that; how many documents were dropped."""
    limit = db_now() - max_age_hours * HOUR_SECONDS
    store = ProgressStore(redis.client)
    dropped = 0
    last = ""
    while True:
        ids = list(
            db.session.scalars(
                select(Job.id)
                .where(Job.status.in_(states.ENDED), Job.ended_at < limit, Job.id > last)
                .order_by(Job.id)
                .limit(1000)
            )
        )
        if not ids:
            return dropped
        dropped += store.delete(ids)
        last = ids[-1]
