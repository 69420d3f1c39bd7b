"""The progress document."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, Query, Status
from blueprints.schemas.jobs import WaitsFor


class ProgressChild(BaseModel):
    job_id: JobId
    title: str
    status: Status
    progress: float
    position: int | None = Field(description="Its place among the children, from 0.")


class ProgressStep(BaseModel):
    name: str
    label: str = Field(description="The step, for people.")
    status: Literal["done", "running", "waiting"] = Field(
        description="One that was broken off is `waiting`, with the seconds that it had."
    )
    seconds: float | None = Field(description="What it took, or has taken up to `updated_at`.")


class Progress(Answered):
    """How far a job is."""

    job_id: JobId
    job_type: str
    title: str
    status: Status
    progress: float = Field(ge=0, le=1, description="Never goes back within an attempt.")
    current_step: str
    step_label: str = Field(description="The step, for people.")
    message: str
    current: int | None
    total: int | None
    eta_seconds: float | None = Field(description="Seconds left at `updated_at`. Null until it can be known.")
    eta_low_seconds: float | None = Field(description="With `eta_high_seconds` a range, about one standard error wide.")
    eta_high_seconds: float | None
    elapsed_seconds: float | None
    attempt: int
    max_attempts: int
    created_at: Instant
    started_at: Instant | None
    updated_at: Instant | None = Field(description="The last real news: a step, an item, a message.")
    ended_at: Instant | None
    cancel_requested: bool = Field(description="Somebody asked for it to be canceled, and it is not over yet.")
    steps: list[ProgressStep] = Field(description="In order, without the end.")
    version: int = Field(description="Grows with each change.")
    error: str | None = Field(default=None, description="Of a failed job, or of the attempt before: one sentence.")
    result: dict[str, Any] | None = Field(default=None, description="Of a finished job.")
    result_url: str | None = Field(default=None, description="Of a finished job.")
    queue_position: int | None = Field(default=None, description="Of a queued job, from 1.")
    queue_wait_seconds: tuple[float, float] | None = Field(
        default=None,
        description="Of a queued job: between how many and how many seconds until it begins. Null where it cannot be "
        "known: no worker is alive, nothing like it ended in the last minutes, or the queue is paused.",
    )
    queue_paused: bool | None = Field(default=None, description="Of a queued job: its queue takes nothing up.")
    waits_for: WaitsFor | None = Field(default=None, description="Of a deferred job: what must finish first.")
    due_at: Instant | None = Field(default=None, description="Of a scheduled job: when it is tried next.")
    poll_after_ms: int | None = Field(
        default=None, description="Ask again after this: the end is near, or the server is loaded."
    )
    children: list[ProgressChild] | None = Field(default=None, description="Those that changed last.")
    children_counts: dict[str, int] | None = Field(default=None, description="How many are in each state.")
    degraded: bool | None = Field(default=None, description="There is no live report just now; this is the record.")


def _split(ids: object) -> object:
    """`a,b` once or several times over."""
    parts = ids if isinstance(ids, list) else [ids]
    return [one.strip() for part in parts for one in str(part).split(",")]


def _distinct(ids: list[str]) -> list[str]:
    """Each id once, in the order that they came in."""
    distinct = [one for one in dict.fromkeys(ids) if one]
    if not distinct:
        raise ValueError("it should hold at least one id")
    return distinct


class ProgressQuery(Query):
    ids: Annotated[
        list[str],
        BeforeValidator(_split),
        Field(
            min_length=1,
            max_length=200,
            description="Job ids, separated by commas.",
            json_schema_extra={"style": "form", "explode": False},
        ),
        AfterValidator(_distinct),
    ]


class Conditional(BaseModel):
    """Headers of a question that may be answered with 304."""

    if_none_match: str = Field(default="", alias="If-None-Match", description="The ETag of the last answer.")


class ProgressOfMany(Answered):
    progress: dict[str, Progress] = Field(description="By job id.")
    missing: list[str] = Field(description="Ids of which there is no job.")
    poll_after_ms: int | None = Field(default=None, description="The server is loaded: ask again no sooner than this.")


class CleanUpQuery(Query):
    max_age_hours: float = Field(default=24, ge=0, le=1_000_000, allow_inf_nan=False)


class CleanUp(Input):
    max_age_hours: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False, examples=[24])


class CleanedUp(Answered):
    removed: int
    max_age_hours: float
