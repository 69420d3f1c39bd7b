"""Jobs, in lists and one by one."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from blueprints.schemas.common import JOB_ID, ROW_ID_MAX, Answered, Instant, JobId, Query, Status, Text
from services.jobs.registry import JOB_TYPES, QUEUES
from services.jobs.states import ALL


class Accepted(Answered):
    """Work that was taken in; follow it at `progress_url`."""

    job_id: JobId
    status: Status
    progress_url: str
    status_url: str
    already_running: bool = Field(description="Whether the job was there before: the same work is never done twice.")


def _is_cursor(text: str) -> str:
    if not JOB_ID.fullmatch(text):
        raise ValueError("take it unchanged from `next_cursor` of the page before")
    return text


StatusFilter = Annotated[
    str,
    Field(description="A state, or `live` for all that are not over.", json_schema_extra={"enum": ["live", *ALL]}),
]
TypeFilter = Annotated[str, Field(json_schema_extra={"enum": list(JOB_TYPES)})]
QueueFilter = Annotated[str, Field(json_schema_extra={"enum": list(QUEUES)})]


class JobQuery(Query):
    status: StatusFilter = ""
    type: TypeFilter = ""
    queue: QueueFilter = ""
    q: Text = Field(default="", description="A job's id, or words of its title or error.")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Annotated[str, AfterValidator(_is_cursor)] | None = Field(
        default=None, description="`next_cursor` of the page before."
    )


class ChildQuery(Query):
    limit: int = Field(default=100, ge=1, le=200)
    cursor: int = Field(default=-1, ge=-1, le=ROW_ID_MAX, description="`next_cursor` of the page before.")


class JobLine(BaseModel):
    """A job in a list."""

    job_id: JobId
    type: str
    label: str
    title: str
    status: Status
    progress: float = Field(ge=0, le=1)
    queue: str
    attempt: int
    max_attempts: int
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    error: str | None
    result_url: str | None
    progress_url: str


class JobPage(Answered):
    jobs: list[JobLine]
    next_cursor: JobId | None


class Target(BaseModel):
    type: str
    id: str | None


class Parent(BaseModel):
    job_id: JobId
    title: str | None


class Move(BaseModel):
    """One change of a job's state."""

    attempt: int
    from_: Status | None = Field(alias="from")
    to: Status
    reason: str
    at: Instant


class JobStatus(JobLine, Answered):
    target: Target | None
    queue_position: int | None = Field(description="Its place in line, from 1; null where it does not wait.")
    attempts: int
    crashes: int
    worker: str | None
    due_at: Instant | None
    updated_at: Instant
    cancel_requested_at: Instant | None
    error_code: str | None
    result: dict[str, Any] | None
    parent: Parent | None
    children_counts: dict[str, int] | None
    history: list[Move]


class Child(BaseModel):
    job_id: JobId
    title: str
    status: Status
    progress: float
    position: int
    target_id: str | None
    error: str | None


class ChildPage(Answered):
    children: list[Child]
    next_cursor: int | None
