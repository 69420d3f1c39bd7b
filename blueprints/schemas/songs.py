"""Songs and what was found in them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import Answered, Input, Instant, LibraryQuery, Name, Text

Rating = Literal["everyone", "teen", "mature", "explicit", "unknown"]
RatingFilter = Literal["everyone", "teen", "mature", "explicit", "unknown", "unrated"]
Title = Annotated[Name, Field(min_length=1, examples=["Scarborough Fair"])]
Lyrics = Annotated[
    Text | None, Field(description="At most 200,000 characters.", examples=["Are you going to Scarborough Fair?"])
]
Duration = Annotated[float | None, Field(gt=0, le=7 * 24 * 3600, allow_inf_nan=False, examples=[181.5])]


class SongQuery(LibraryQuery):
    q: Text = Field(default="", description="Words that must all occur in title, artist or album.")
    rating: RatingFilter | None = Field(default=None, description="`unrated`: those never analyzed.")
    sort: Literal["title", "artist", "rating", "score", "newest"] = "title"
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class NewSong(Input):
    title: Title
    artist: Name = Field(default="", examples=["Trad."])
    album: Name = ""
    lyrics: Lyrics = None
    duration_seconds: Duration = None


class SongChanges(Input):
    """What is left out stays as it is."""

    title: Title = ""
    artist: Name = ""
    album: Name = ""
    lyrics: Lyrics = None
    duration_seconds: Duration = None


class SongLine(BaseModel):
    """A song in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    artist: str
    album: str
    duration_seconds: float | None
    rating: Rating | None = Field(description="Of the latest analysis; null before the first.")
    score: int | None = Field(ge=0, le=100, description="From 0 (nothing found) to 100.")
    has_lyrics: bool
    analysed_at: Instant | None
    created_at: Instant
    updated_at: Instant


class SongPage(Answered):
    songs: list[SongLine]
    next_cursor: str | None
    previous_cursor: str | None


class SongAnswer(SongLine, Answered):
    """One song, with its lyrics."""

    lyrics: str | None
    lyrics_source: str | None
    source: str = Field(description="The file or form that it came from.")


class FindingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    category: str = Field(
        description="One of profanity, sexual, violence, drugs_alcohol, hate, self_harm; more may come."
    )
    severity: int = Field(ge=1, le=3)
    line: int = Field(ge=1, description="Counts from 1.")
    words: str
    reason: str


class AnalysisAnswer(Answered):
    """The latest analysis of a song."""

    rating: Rating
    score: int = Field(ge=0, le=100, description="From 0 (nothing found) to 100.")
    summary: str
    language: str
    findings: list[FindingOut]
    themes: list[str]
    mood: str
    lyrics_source: str
    analyser: str
    analysed_at: Instant
