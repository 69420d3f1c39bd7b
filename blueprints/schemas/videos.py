"""Videos: how they are begun or sent, and what is told of them."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, LibraryQuery, Name, Text
from blueprints.schemas.episodes import Sole
from blueprints.schemas.imports import UploadedFile
from services.videos import states

VideoStatus = Literal["pending", "uploading", "processing", "ready", "failed"]
VideoName = Annotated[Name, Field(description="Left out: the file's name.", examples=["The harbour at night"])]
TenantId = Annotated[Text, Field(max_length=64, description="Left out: its owner's id.", examples=["harbour-films"])]
Sha256 = Annotated[
    Text, Field(max_length=64, description="Of the whole file, in hexadecimal digits; what comes is held against it.")
]
MAX_FILE_BYTES = 2**53 - 1  # what JSON's readers can count to


class NewVideo(Input):
    """A video whose file is to come in pieces."""

    name: VideoName = ""
    file_name: Annotated[Name, Field(min_length=1, examples=["harbour.mp4"])]
    size_bytes: int = Field(ge=1, le=MAX_FILE_BYTES, description="Of the whole file.")
    tenant_id: TenantId | None = None
    sha256: Sha256 | None = None


class VideoForm(BaseModel):
    """A video that is sent as it is; large ones come better in pieces."""

    TEXTS: ClassVar = frozenset({"name", "tenant_id", "sha256"})  # the fields that are no files

    file: Annotated[UploadedFile, Sole]
    name: Annotated[VideoName | None, Sole] = None
    tenant_id: Annotated[TenantId | None, Sole] = None
    sha256: Annotated[Sha256 | None, Sole] = None


class VideoQuery(LibraryQuery):
    q: Text = Field(default="", max_length=200, description="Words that all occur in the name, the file's name or id.")
    status: Text = Field(
        default="", description="A status; empty for any.", json_schema_extra={"enum": ["", *states.ALL]}
    )
    tenant_id: Text = Field(default="", max_length=64, description="A tenant's id; empty for any.")
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class VideoLine(BaseModel):
    """A video in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    status: VideoStatus
    tenant_id: str
    file_name: str | None
    problem: str | None = Field(description="Why it failed, or why it waits for another try; for machines.")
    problem_text: str | None = Field(description="The same as a sentence.")
    failures: int = Field(description="Runs in a row that failed; after the fifth no other is made by itself.")
    recover_at: Instant | None = Field(description="Before then no run is made by itself.")
    size_bytes: int | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    frames_per_second: float | None
    video_codec: str | None
    audio_codec: str | None = Field(description="Null: it has no sound, or was not looked into yet.")
    received_bytes: int | None = Field(description="Until its upload is over: how much has come.")
    upload_url: str | None = Field(description="Until its upload is over: where its pieces are sent (tus 1.0.0).")
    job_id: JobId | None = Field(description="The run that is live.")
    file_url: str | None = Field(description="What a renderer has made of it.")
    source_url: str | None = Field(description="The file that came in.")
    web_url: str | None = Field(description="What browsers play.")
    poster_url: str | None
    preview_url: str | None = Field(description="A few silent seconds from all over it.")
    processed_at: Instant | None
    created_at: Instant
    updated_at: Instant


class VideoPage(Answered):
    videos: list[VideoLine]
    next_cursor: str | None
    counts: dict[str, int] = Field(description="How many of yours, or of the owner named, are at each status.")


class VideoTold(VideoLine, Answered):
    """A video as it is now."""


class VideoRun(Answered):
    """The run that processes it."""

    id: str
    job_id: JobId
    progress_url: str
    status_url: str
    already_running: bool = Field(description="Whether it was there before: no video is processed twice at once.")


class VideoGone(Answered):
    id: str
