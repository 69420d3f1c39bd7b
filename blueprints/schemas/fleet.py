"""Queues and workers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, Queue, Text
from version import APP_VERSION

Health = Literal["healthy", "degraded", "down"]


def _moment(value: object) -> object:
    """Bodies are read strictly, and JSON has no type for an instant."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("it should be an instant in ISO 8601, such as 2026-11-22T12:00:00Z") from None


MomentInput = Annotated[AwareDatetime, BeforeValidator(_moment)]


class QueueLine(BaseModel):
    name: Queue
    queued: int
    started: int
    deferred: int
    scheduled: int
    failed: int
    finished_last_hour: int
    oldest_wait_seconds: float | None
    line_wait_seconds: float | None = Field(
        description="The oldest wait but for children, which wait with their parent."
    )
    wait_limit_seconds: float = Field(description="How long a job may stand in line before the console warns.")
    jobs_per_minute: float
    jobs_in_per_minute: float
    jobs_out_per_minute: float
    drain: Literal["empty", "paused", "unknown", "never", "lasts"] = Field(
        description="What can be said of when the queue will be empty, at the pace of the last five minutes."
    )
    drain_seconds: float | None = Field(description="Until then; null unless `drain` is `lasts` or `empty`.")
    drain_alone_seconds: float | None = Field(description="The same if nothing more came in.")
    at_least: list[str] = Field(description="The states of which there are more than is said.")
    workers: int = Field(description="How many living workers serve the queue.")
    paused: bool
    paused_reason: str
    paused_by: str | None
    paused_since: Instant | None
    paused_until: Instant | None


class QueueStatus(Answered):
    queues: list[QueueLine]


class Pause(Input):
    reason: Text = Field(default="", max_length=200, examples=["The database is being moved."])
    until: MomentInput | None = Field(
        default=None, description="When it is resumed by itself.", examples=["2026-11-22T12:00:00Z"]
    )
    for_seconds: float | None = Field(default=None, gt=0, le=366 * 86_400, description="Or after how long.")

    @property
    def until_instant(self) -> float | None:
        return None if self.until is None else self.until.timestamp()


class QueuePaused(Answered):
    queue: Queue
    paused: bool


class QueuesPaused(Answered):
    queues: list[Queue] = Field(description="Those that were changed.")
    paused: bool


class CurrentJob(BaseModel):
    job_id: JobId
    job_type: str
    title: str
    progress: float
    status: str


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
    started_at: Instant | None
    version: str = Field(description="Of the code that it runs; empty if it has not said.")
    memory_mb: float | None = Field(description="Of the worker and of the process that runs its job.")
    leaving: Literal["stop", "restart"] | None = Field(description="What it does after its job, if it was told to.")
    told_by: str | None


class WorkerHealth(Answered):
    health: Health
    status: Health = Field(description="The same word.")
    reason: str = Field(description="Why, for people.")
    workers: list[WorkerLine]


class Leave(Input):
    then: Literal["restart", "stop"] = Field(
        default="restart", description="Whether the supervisor starts it again, as a fresh process, or it stays away."
    )


class WorkerLeaves(Answered):
    worker: str
    then: Literal["restart", "stop"]


class Alive(Answered):
    status: Literal["alive"] = "alive"
    version: str = Field(default=APP_VERSION, description="Of the code that this process runs.")


class Ready(Answered):
    status: Literal["ready"] = "ready"
