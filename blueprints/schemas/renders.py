"""Renders: how they are asked for, what is told of them, and what the renderer calls us with."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, LibraryQuery, Text
from services.renders.targets import ID_ALLOWED

Operation = Literal["combine", "concatenate", "add_music"]
TargetType = Literal["segment", "video"]
RenderStatus = Literal["processing", "completed", "failed", "expired"]
TargetId = Annotated[
    Text, Field(min_length=1, max_length=64, description=f"One that is new is made: {ID_ALLOWED}.", examples=["intro"])
]
INPUTS = (
    "combine: `voice_url, video_url`; concatenate: `video_urls`, or the files of the video's segments; add_music: "
    "`music_url`, `music_volume` (0 to 1), and `video_url`, or the video's file. All are addresses that the renderer "
    "can reach."
)


class NewRender(Input):
    operation: Operation
    target_type: TargetType = Field(description="combine: segment; concatenate and add_music: video.")
    target_id: TargetId
    inputs: dict[str, Any] = Field(
        default={},
        max_length=10,
        description=INPUTS,
        examples=[{"voice_url": "https://example.org/voice.mp3", "video_url": "https://example.org/picture.mp4"}],
    )


class RenderAccepted(Answered):
    """A render that is under way; `external_job_id` is null until the renderer has answered."""

    render_id: str
    external_job_id: str | None
    status: RenderStatus
    already_running: bool


class RenderQuery(LibraryQuery):
    status: RenderStatus | None = None
    stuck: bool | None = Field(
        default=None, description="Under way for more than 5 minutes, or given up and still looked for."
    )
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class RenderLine(BaseModel):
    """A render in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    operation: str
    target_type: str
    target_id: str
    external_job_id: str | None
    status: RenderStatus
    found_by: str | None = Field(description="How its end was found out: webhook or poll; null: the renderer refused.")
    note: str
    output_url: str | None
    error: str | None
    is_contradicted: bool = Field(description="After its end somebody said that it had ended otherwise.")
    created_at: Instant
    retried_at: Instant | None = Field(description="When it was last begun anew.")
    checked_at: Instant | None = Field(description="When it was last looked for without being told.")
    check_at: Instant | None = Field(description="When it is looked for next.")
    check_errors: int = Field(
        description="How many looks in a row nobody answered, or found that the renderer has not taken it yet."
    )
    output_at: Instant | None = Field(description="When its output appeared, as its server says.")
    output_bytes: int | None
    finished_at: Instant | None


class RenderPage(Answered):
    renders: list[RenderLine]
    next_cursor: str | None


class RenderEventLine(BaseModel):
    """What was said of a render, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(description="started, finished, late, repeated, unknown, contradicted, waiting or retried.")
    said_by: str = Field(description="webhook, poll, or empty: ourselves.")
    said: str | None
    external_job_id: str | None
    note: str
    at: Instant


class RenderAnswer(RenderLine, Answered):
    """One render, with what went into it and all that was said of it, the newest first."""

    inputs: dict[str, Any]
    events: list[RenderEventLine]


class RendererCall(BaseModel):
    """What the renderer says of a job. What else it sends is passed over: it is asked itself before it is believed."""

    id: Text | None = Field(default=None, max_length=200, description="Our name for it.")
    job_id: Annotated[Text, Field(min_length=1, max_length=100, description="The renderer's name for it.")]
    code: int = Field(ge=100, le=599, description="200: done; from 400 on: failed.")
    response: Any = Field(default=None, description="What was made.")
    message: Any = Field(default=None, description="What was wrong, or `success`.")


class Heard(Answered):
    """The call was heard; what became of it is told to nobody."""


class CycleAnswer(Answered):
    """How a cycle stands that looks for what the renderer has made."""

    status: Literal["completed", "running", "already_running", "failed"]
    message: str
    job_id: JobId
    checked: int
    completed: int
    failed: int
    expired: int = Field(description="Given up, after `POLLING_MAX_AGE_HOURS`.")
    still_processing: int
    errors: int = Field(description="Looks that nobody answered; these renders are looked at again.")
