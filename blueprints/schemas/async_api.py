"""Long work on episodes, as programs ask for it and are told of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, Query, RowId, Text

AsyncStatus = Literal["queued", "running", "completed", "failed", "cancelled"]
TargetStage = Literal["transcribed", "enriched", "rendered"]
Priority = Literal["high", "default", "low"]
EpisodeId = Annotated[Text, Field(max_length=80, examples=["morning-show-12"])]
WebhookUrl = Annotated[
    Text,
    Field(
        max_length=500,
        examples=["https://example.org/hooks/backbeat"],
        description="Told once when the job ends, signed as Standard Webhooks.",
    ),
]
EPISODE_AGAIN = "As in the address; may be left out."


class Process(Input):
    """How far an episode is to be processed."""

    episode_id: EpisodeId | None = Field(default=None, description=EPISODE_AGAIN)
    target_stage: TargetStage = Field(default="rendered", description="Processing stops there.")
    force_reprocess: bool = Field(default=False, description="Start over, whatever is there already.")
    webhook_url: WebhookUrl | None = None
    priority: Priority = "default"


class RenderClips(Input):
    """Which clips are to be made into files, and into which."""

    episode_id: EpisodeId | None = Field(default=None, description=EPISODE_AGAIN)
    clip_ids: Annotated[list[RowId], Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="Null: all that the episode has when the work begins."
    )
    variants: list[Literal["clean", "subtitled"]] = Field(
        default=["clean", "subtitled"], min_length=1, description="`subtitled` has the words burnt in."
    )
    aspect_ratios: list[Literal["9x16", "16x9", "1x1"]] = Field(default=["9x16", "16x9", "1x1"], min_length=1)
    force_reprocess: bool = Field(default=False, description="Make files again that are there already.")
    webhook_url: WebhookUrl | None = None
    priority: Priority = "default"


class TakenIn(Answered):
    """Work that was taken in; follow it at the address in `Location`."""

    job_id: JobId
    status: AsyncStatus
    message: str
    already_running: bool = Field(description="Whether the job was there before: the same work is never done twice.")
    webhook_secret: str | None = Field(
        default=None,
        description="What signs the messages to `webhook_url`; only here, and only when that address is new.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )


class AsyncJob(BaseModel):
    """A job, as far as it has come."""

    job_id: JobId
    job_type: str = Field(examples=["process_episode"])
    status: AsyncStatus
    progress: float = Field(ge=0, le=100, description="Percent.", examples=[41.5])
    current_stage: str | None = Field(description="What is being done.", examples=["transcribing"])
    message: str = Field(examples=["Listening to what is said"])
    eta_seconds: float | None = Field(description="Null until it can be known.")
    result: dict[str, Any] | None
    error: str | None = Field(description="One sentence, if it failed.")
    created_at: Instant
    started_at: Instant | None
    completed_at: Instant | None


class AsyncJobAnswer(AsyncJob, Answered):
    """A job, as far as it has come."""


class AsyncJobQuery(Query):
    status: Text = Field(
        default="",
        description="Empty for any.",
        json_schema_extra={"enum": ["", "queued", "running", "completed", "failed", "cancelled"]},
    )
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Text = Field(default="", description="`next_cursor` of the page before.")


class AsyncJobPage(Answered):
    jobs: list[AsyncJob]
    next_cursor: str | None


class Stopped(Answered):
    """A job that is cancelled, or will stop within seconds."""

    job_id: JobId
    status: AsyncStatus
    message: str


class AsyncStats(Answered):
    """How many jobs are in each state: your own, or for operators everybody's."""

    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int
    total: int
    max_workers: int


class ClipFile(BaseModel):
    """A file made of a clip."""

    variant: str
    aspect_ratio: str
    url: str
    poster_url: str
    width: int
    height: int
    duration_seconds: float
    size_bytes: int
    created_at: Instant


class ClipLine(BaseModel):
    """A passage that is worth cutting out."""

    id: int
    start_seconds: float
    end_seconds: float
    title: str
    reason: str
    score: int = Field(ge=0, le=100)
    files: list[ClipFile]
