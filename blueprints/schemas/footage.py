"""Footage: how it is added, what is told of it, and the sessions of the poller."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from blueprints.schemas.common import FOOTAGE_ID, Answered, Input, Instant, JobId, LibraryQuery, Name, Text
from blueprints.schemas.episodes import Sole
from blueprints.schemas.imports import UploadedFile
from services.footage import said, states
from services.footage.search import MAX_QUERY_CHARS

FootageId = Annotated[str, Field(pattern=f"^{FOOTAGE_ID.pattern}$", examples=["AF0001"])]
FootageStatus = Annotated[str, Field(json_schema_extra={"enum": list(states.FOOTAGE)}, examples=[states.COMPLETE])]
FrameStatus = Annotated[str, Field(json_schema_extra={"enum": list(states.FRAME)}, examples=[states.FRAME_COMPLETE])]
Title = Annotated[Name, Field(examples=["A heron at dawn"])]
Description = Annotated[
    Text, Field(max_length=said.DESCRIPTION_MAX_CHARS, examples=["A heron stands in the shallows by the old mill."])
]
Keyword = Annotated[Text, Field(max_length=said.KEYWORD_MAX_CHARS)]
Keywords = Annotated[list[Keyword], Field(max_length=said.MAX_KEYWORDS, examples=[["heron", "mill", "dawn"]])]
KeywordLine = Annotated[Text, Field(max_length=10_000, description="With commas between.", examples=["heron, mill"])]
PageUrl = Annotated[
    Text, Field(max_length=500, description="A page about it, which is read.", examples=["https://example.org/heron"])
]


class FootageForm(BaseModel):
    """A clip that is sent as it is; large ones come better in pieces, by `/api/uploads`."""

    TEXTS: ClassVar = frozenset({"title", "description", "keywords", "source_url"})  # the fields that are no files

    file: Annotated[UploadedFile, Sole]
    title: Annotated[Title | None, Sole] = None
    description: Annotated[Description | None, Sole] = None
    keywords: Annotated[KeywordLine | None, Sole] = None
    source_url: Annotated[PageUrl | None, Sole] = None


class NewFootage(Input):
    """A clip that the server gets itself: either from a path of its own machine, or from an address."""

    path: Annotated[Text, Field(max_length=1000, examples=["/media/in/heron.mp4"])] | None = Field(
        default=None, description="In the folder that WATCH_DIR names; anywhere, while Backbeat is open."
    )
    url: Annotated[Text, Field(max_length=500, examples=["https://example.org/heron.mp4"])] | None = None
    title: Title = ""
    description: Description = ""
    keywords: Keywords = Field(default=[])
    source_url: PageUrl | None = None


class FootageChanges(Input):
    """What is left out stays as it is. A record that waits for a person goes on once it is told enough."""

    title: Title = ""
    description: Description = ""
    keywords: Keywords = Field(default=[])
    source_url: PageUrl | None = None
    good_enough: bool = Field(default=False, description="What is known of it is good enough, as it is.")


class FootageQuery(LibraryQuery):
    q: Text = Field(default="", max_length=200, description="Words that all occur in what is known of it.")
    status: Text = Field(
        default="", description="A status; empty for any.", json_schema_extra={"enum": ["", *states.FOOTAGE]}
    )
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class FootageSearchQuery(LibraryQuery):
    q: Text = Field(
        max_length=MAX_QUERY_CHARS, description="What is to be seen, read or heard.", examples=["a heron by the water"]
    )
    limit: int = Field(default=20, ge=1, le=100)


class FootageLine(BaseModel):
    """A record in a list."""

    id: FootageId
    status: FootageStatus
    title: str
    description: str
    keywords: list[str]
    source_url: str | None
    metadata: dict[str, Any] | None = Field(
        description="How what is known of it was judged: `score` (0 to 100), `is_good`, `reasons`, `judged_at`, and "
        "`by`, the person who let it through."
    )
    awaits: str | None = Field(description="What a person has to write before it goes on.")
    error: str | None = Field(description="The last failure at this status, as a sentence.")
    error_code: str | None
    failures: int = Field(description="In a row at this status; it is set aside as `Failed` after the fifth.")
    retry_at: Instant | None = Field(description="When it is taken up again.")
    file_name: str
    source: str | None = Field(description="The path or address that its file comes from; null: it was sent.")
    size_bytes: int | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    frames_per_second: float | None
    video_codec: str | None
    audio_codec: str | None = Field(description="Null: it has no sound, or was not looked into yet.")
    video_url: str | None
    poster_url: str | None
    sheet_url: str | None = Field(description="A contact sheet.")
    entered_at: Instant = Field(description="When it came to its status.")
    created_at: Instant
    updated_at: Instant


class FootagePage(Answered):
    footage: list[FootageLine]
    next_cursor: str | None
    counts: dict[str, int] = Field(description="How many of yours, or of the owner named, are at each status.")


class FrameTold(BaseModel):
    """A moment, and the stretch around it that it stands for, in seconds from the start."""

    position: int = Field(description="Counts from 1.")
    status: FrameStatus
    at_seconds: float
    start_seconds: float
    end_seconds: float
    thumbnail_url: str | None
    caption: str | None = Field(description="What is seen.")
    seen: dict[str, Any] | None = Field(description="What the caption is made of: text, colours and measures.")
    speech: str | None = Field(description="What is said in its stretch.")
    error: str | None
    failures: int
    retry_at: Instant | None


class EventTold(BaseModel):
    """One move of the record or of a frame, or a failure, after which it stays at `to_status`."""

    model_config = ConfigDict(from_attributes=True)

    at: Instant
    frame_position: int | None = Field(description="Null: of the record itself.")
    from_status: str | None
    to_status: str
    step: str | None
    note: str
    is_failure: bool
    job_id: str | None
    by: str = Field(description="The person, where it was one.")


class SpeechTold(BaseModel):
    """All that is said; `segments` have `start`, `end`, `text`, and `words`."""

    model_config = ConfigDict(from_attributes=True)

    engine: str
    language: str | None
    text: str
    segments: list[dict[str, Any]]


class MadeOfIt(BaseModel):
    """What was made of all that is known of it."""

    title: str | None
    description: str | None
    tags: list[str]
    describer: str | None


class FootageAnswer(FootageLine, Answered):
    """One record, with all that was made of it."""

    info: dict[str, Any] | None = Field(description="Container, streams, timecode, when it was recorded.")
    scraped: dict[str, Any] | None = Field(description="What its page says, or what was the matter with it.")
    frames: list[FrameTold]
    history: list[EventTold] = Field(description="In order; the latest 100 of the record and of its frames.")
    transcript: SpeechTold | None
    made: MadeOfIt
    job_id: JobId | None = Field(description="What is at work on it now, or on one of its frames.")


class FootageTold(FootageLine, Answered):
    """A record as it is now."""


class FootageGone(Answered):
    id: FootageId


class FootageRetried(Answered):
    id: FootageId
    status: FootageStatus


class FootageFound(BaseModel):
    """A record that fits, with the frame that fits best, where it is one."""

    id: FootageId
    title: str
    score: float = Field(description="How well, from 0 to 1.")
    frame_position: int | None
    at_seconds: float | None
    caption: str | None
    speech: str | None
    thumbnail_url: str | None


class FootageHits(Answered):
    """The best first."""

    results: list[FootageFound]


def _none_of(args: list[str]) -> list[str]:
    if args:
        shown = ", ".join(f"“{arg[:60]}”" for arg in args[:5])
        raise ValueError(f"no argument is known yet, so the list is empty; got {shown}")
    return args


class AutologOrder(Input):
    """What the script of this name is called with."""

    args: Annotated[list[Text], AfterValidator(_none_of)] = Field(default=[], examples=[[]])


class SessionTold(BaseModel):
    """A session of the poller; `result` are its totals once it is over."""

    job_id: JobId
    status: str
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    result: dict[str, Any] | None


class AutologStatus(Answered):
    """How the pipeline stands, over all footage that there is."""

    session: SessionTold | None = Field(description="The one that is live.")
    sessions: list[SessionTold] = Field(description="The latest, the newest first.")
    records: dict[str, int] = Field(description="How many are at each status.")
    total: int
    successes: int = Field(description="How many have come to the end.")
    failures: int = Field(description="How many are set aside as failed.")
