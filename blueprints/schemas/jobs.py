"""Jobs, in lists and one by one."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import ROW_ID_MAX, Answered, Instant, JobId, Query, Status, Text
from services.jobs import instants, tagging
from services.jobs.registry import JOB_TYPES, QUEUES
from services.jobs.search import NEWEST, SORTS
from services.jobs.states import ALL


class Accepted(Answered):
    """Work that was taken in; follow it at `progress_url`."""

    job_id: JobId
    status: Status
    progress_url: str
    status_url: str
    already_running: bool = Field(description="Whether the job was there before: the same work is never done twice.")


StatusFilter = Annotated[
    str,
    Field(
        description="A state, or `live` for all that are not over; empty for any.",
        json_schema_extra={"enum": ["", "live", *ALL]},
    ),
]
TypeFilter = Annotated[str, Field(description="Empty for any.", json_schema_extra={"enum": ["", *JOB_TYPES]})]
QueueFilter = Annotated[str, Field(description="Empty for any.", json_schema_extra={"enum": ["", *QUEUES]})]


class FilterFields(BaseModel):
    """Which jobs are meant. `services/jobs/filters.py` checks what is said."""

    status: StatusFilter = ""
    type: TypeFilter = ""
    queue: QueueFilter = ""
    q: Text = Field(default="", description="A job's id, or words of its title or error.")
    target: Text = Field(default="", description="What it is about: a type and an id.", examples=["song:12"])
    owner: Text = Field(default="", description="A person's id or name.")
    worker: Text = Field(default="", description="Part of the name of the worker that ran it last.")
    error: Text = Field(default="", description="Part of its error.")
    error_group: Text = Field(default="", description="The group of failures that it is one of.")
    params: Text = Field(default="", description="Part of its parameters as JSON, or `key=value`.")
    tag: Text = Field(default="", description=f"A tag that it bears: {tagging.ALLOWED}.")
    parent: Text = Field(default="", description="The id of the job that it is a part of.")
    since: Text = Field(default="", description=f"Created then or later: {instants.ALLOWED}.")
    until: Text = Field(default="", description="Created before then; a day alone is included.")


class JobQuery(FilterFields, Query):
    """Which jobs, in which order."""

    children: Text = Field(
        default="",
        description="Whether parts of larger jobs are listed, `with` or `without` them. Left out: where the "
        "question is about single pieces of work, by `parent`, `target`, `worker`, `error`, `error_group` or an id.",
    )
    sort: Text = Field(default=NEWEST, json_schema_extra={"enum": list(SORTS)})
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Text = Field(default="", description="`next_cursor` of the page before.")


class ChildQuery(Query):
    limit: int = Field(default=100, ge=1, le=200)
    cursor: int = Field(default=-1, ge=-1, le=ROW_ID_MAX, description="`next_cursor` of the page before.")


class JobLine(BaseModel):
    """A job in a list."""

    job_id: JobId
    parent_id: JobId | None
    type: str
    label: str
    title: str
    status: Status
    progress: float = Field(ge=0, le=1)
    queue: str
    tags: list[str]
    attempt: int
    max_attempts: int
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    due_at: Instant = Field(description="When it may run, or might: at once, or for its next try.")
    worker: str | None
    error: str | None
    result_url: str | None
    progress_url: str


class JobPage(Answered):
    jobs: list[JobLine]
    next_cursor: str | None = Field(description="There are more while this is not null, whatever is on this page.")
    searched_to: Instant | None = Field(
        description="Set if the page is not full since only the next few thousand jobs were looked through, to here."
    )


class Target(BaseModel):
    type: str
    id: str | None


class WaitsFor(BaseModel):
    """What a deferred job waits for; `status` is null if that is gone."""

    job_id: JobId
    title: str
    status: Status | None


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


class LogQuery(Query):
    limit: int = Field(default=100, ge=1, le=500)
    cursor: int | None = Field(default=None, ge=0, le=ROW_ID_MAX, description="`next_cursor` of the page before.")


class LogLine(BaseModel):
    """What a job logged while it ran."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    attempt: int
    at: Instant
    level: str
    message: str


class LogPage(Answered):
    lines: list[LogLine]
    next_cursor: int | None = Field(description="Leads to the lines before these.")


class JobStatus(JobLine, Answered):
    target: Target | None
    queue_position: int | None = Field(description="Its place in line, from 1; null where it does not wait.")
    attempts: int
    crashes: int
    updated_at: Instant
    cancel_requested_at: Instant | None
    error_code: str | None
    result: dict[str, Any] | None
    waits_for: WaitsFor | None = Field(description="Of a deferred job: what must finish first.")
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
