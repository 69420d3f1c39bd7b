"""Episodes: how they are added, and what is told of them."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from blueprints.schemas.async_api import ClipLine
from blueprints.schemas.common import Answered, Input, Instant, LibraryQuery, Name, Text
from blueprints.schemas.imports import UploadedFile
from blueprints.schemas.jobs import Accepted
from services.episodes.catalogue import ID_ALLOWED


def _only(values: object) -> object:
    """Of a form's field, which may be sent often, the one value."""
    if not isinstance(values, list):
        return values
    if len(values) > 1:
        raise ValueError("it is sent once")
    return values[0] if values else None


Sole = BeforeValidator(_only)
Slug = Annotated[Text, Field(description=f"Your choice, else made of the title: {ID_ALLOWED}.", examples=["talk-12"])]
Title = Annotated[Name, Field(description="Left out: made of the file's name.", examples=["A talk about rivers"])]
Stage = Literal["discovered", "transcribed", "enriched", "rendered"]


class EpisodeForm(BaseModel):
    """A recording that is sent as it is; large ones come better in pieces, by `/api/uploads`."""

    TEXTS: ClassVar = frozenset({"title", "id"})  # the fields that are no files

    file: Annotated[UploadedFile, Sole]
    title: Annotated[Title | None, Sole] = None
    id: Annotated[Slug | None, Sole] = None


class NewEpisode(Input):
    """A recording that the server gets itself: either from a path of its own machine, or from an address."""

    path: Annotated[Text, Field(max_length=1000, examples=["/media/in/talk.mp4"])] | None = Field(
        default=None, description="In the folder that WATCH_DIR names; anywhere, while Backbeat is open."
    )
    url: Annotated[Text, Field(max_length=500, examples=["https://example.org/talk.mp4"])] | None = None
    title: Title | None = None
    id: Slug | None = None


class EpisodeChanges(Input):
    """What is left out stays as it is."""

    title: Annotated[Name, Field(min_length=1)] | None = None


class EpisodeQuery(LibraryQuery):
    q: Text = Field(default="", max_length=200, description="Words that all occur in the title or the id.")
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class EpisodeLine(BaseModel):
    """An episode in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    stage: Stage
    arrival: Literal["arriving", "ready", "unusable"] = Field(description="Whether its file is here, and of use.")
    problem: str | None = Field(description="Why its file is of no use, for machines.", examples=["no_audio_track"])
    problem_text: str | None = Field(description="The same as a sentence.")
    file_name: str
    source: str | None = Field(description="The path or address that it came from; null: it was sent.")
    size_bytes: int | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    frames_per_second: float | None
    video_codec: str | None
    audio_codec: str | None
    language: str | None
    created_at: Instant
    updated_at: Instant


class EpisodePage(Answered):
    episodes: list[EpisodeLine]
    next_cursor: str | None


class EpisodeFiles(BaseModel):
    """Where the files of an episode are had; null: not there yet."""

    source: str | None
    web: str | None = Field(description="H.264 and AAC in MP4, for browsers.")
    poster: str | None
    captions: str | None = Field(description="WebVTT.")


class TranscriptTold(BaseModel):
    """What was said; `segments` have `start`, `end`, `text`, and `words` with `start`, `end`, `text`, `confidence`."""

    model_config = ConfigDict(from_attributes=True)

    engine: str
    language: str | None
    text: str
    segments: list[dict[str, Any]]


class Found(BaseModel):
    """What was found in the transcript."""

    model_config = ConfigDict(from_attributes=True)

    topics: list[dict[str, Any]]
    key_sentences: list[dict[str, Any]]
    chapters: list[dict[str, Any]]
    speakers: list[dict[str, Any]]


class EpisodeAnswer(EpisodeLine, Answered):
    """One episode, with all that was made of it."""

    files: EpisodeFiles
    transcript: TranscriptTold | None
    found: Found | None
    clips: list[ClipLine]


class EpisodeTitle(EpisodeLine, Answered):
    """An episode as it is now."""


class EpisodeAccepted(Accepted):
    """An episode whose file is on its way; the job brings it."""

    episode: EpisodeLine


class EpisodeGone(Answered):
    id: str
