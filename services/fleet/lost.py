"""Workers that were lost, and what became of the jobs that they were at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from extensions import db
from models import Job
from services.fleet.health import is_alive
from services.jobs import states
from store.workers import WorkerRecord, attempt_of_ring, job_of_ring

_WORDS = {states.QUEUED: "waiting", states.STARTED: "running"}


@dataclass(frozen=True, slots=True)
class LostWorker:
    """`sentence` says what became of its job; instants are by the worker's host."""

    name: str
    host: str
    pid: int
    last_beat_at: float
    version: str
    job_id: str | None
    title: str
    sentence: str


def lost_workers(records: Sequence[WorkerRecord]) -> list[LostWorker]:
    """Those that neither live nor have taken leave, the latest first; one statement for the jobs of all of them."""
    lost = sorted((record for record in records if not is_alive(record)), key=lambda record: -record.heartbeat_at)
    ids = {job_of_ring(record.ring) for record in lost if record.ring}
    jobs = {job.id: job for job in db.session.scalars(select(Job).where(Job.id.in_(ids)))}
    return [_describe(record, jobs) for record in lost]


def _describe(record: WorkerRecord, jobs: Mapping[str, Job]) -> LostWorker:
    job = jobs.get(job_of_ring(record.ring))
    return LostWorker(
        name=record.name,
        host=record.host,
        pid=record.pid,
        last_beat_at=record.heartbeat_at,
        version=record.version,
        job_id=job.id if job else None,
        title=(job.title or job.id) if job else "",
        sentence=what_became_of(record.name, record.ring, job),
    )


def what_became_of(worker: str, ring: str, job: Job | None) -> str:
    """A sentence on the job that a lost worker was at, without the job's name. Pure."""
    if not ring:
        return "It had no job."
    if job is None:
        return "Its job has been deleted since."
    status = _WORDS.get(job.status, job.status)
    if job.children_total is not None:
        return f"It was at a part of a bigger job, that others go on with; it is {status}."
    if job.status == states.STARTED and job.lease_owner == worker:
        return "It still holds the job: that is free again when its lease runs out."
    if job.attempt > attempt_of_ring(ring):
        return f"The job was taken over: attempt {job.attempt}, {status}."
    if job.status in states.ENDED:
        return f"The job is over: {status}."
    return f"The job is {status}."
