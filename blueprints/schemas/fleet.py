"""Queues and workers."""

from typing import Literal

from pydantic import BaseModel, Field

from blueprints.schemas.common import Answered, Input, JobId, Queue, Text

Health = Literal["healthy", "degraded", "down"]


class QueueLine(BaseModel):
    name: Queue
    queued: int
    started: int
    deferred: int
    scheduled: int
    failed: int
    finished_last_hour: int
    oldest_wait_seconds: float | None
    jobs_per_minute: float
    paused: bool
    paused_reason: str


class QueueStatus(Answered):
    queues: list[QueueLine]


class Pause(Input):
    reason: Text = Field(default="", max_length=200, examples=["The database is being moved."])


class QueuePaused(Answered):
    queue: Queue
    paused: bool


class CurrentJob(BaseModel):
    job_id: JobId
    job_type: str
    title: str
    progress: float


class WorkerLine(BaseModel):
    name: str
    host: str
    pid: int
    state: str
    queues: list[str]
    current_job: CurrentJob | None
    heartbeat_age_seconds: float
    jobs_done: int
    jobs_failed: int


class WorkerHealth(Answered):
    health: Health
    status: Health = Field(description="The same word.")
    reason: str = Field(description="Why, for people.")
    workers: list[WorkerLine]


class Alive(Answered):
    status: Literal["alive"] = "alive"


class Ready(Answered):
    status: Literal["ready"] = "ready"
