"""Playlists."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import ROW_ID_MAX, Answered, Input, Instant, LibraryQuery, Name, Query, RowId
from blueprints.schemas.songs import SongLine

PlaylistName = Annotated[Name, Field(min_length=1, examples=["Sea songs"])]
SongIds = Annotated[list[RowId], Field(max_length=20_000, description="In order; a song may stand here twice.")]


class PlaylistQuery(LibraryQuery):
    limit: int = Field(default=100, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class PlaylistSongsQuery(Query):
    limit: int = Field(default=100, ge=1, le=100)
    cursor: int = Field(default=0, ge=0, le=ROW_ID_MAX, description="`next_cursor` of the page before.")


class NewPlaylist(Input):
    name: PlaylistName
    song_ids: SongIds = Field(default=[])


class PlaylistChanges(Input):
    """What is left out stays as it is; `song_ids` replaces all songs."""

    name: PlaylistName = ""
    song_ids: SongIds = Field(default=[])


class PlaylistLine(BaseModel):
    """A playlist in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    song_count: int
    ratings: dict[str, int] = Field(description="How many songs bear each rating; `unrated`: never analyzed.")
    created_at: Instant
    updated_at: Instant


class PlaylistPage(Answered):
    playlists: list[PlaylistLine]
    next_cursor: str | None


class PlaylistAnswer(PlaylistLine, Answered):
    """One playlist, with the ids of its songs in order."""

    song_ids: list[int]


class PlaylistPlace(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    position: int = Field(description="Counts from 1; a deleted song leaves a gap.")
    song: SongLine


class PlaylistSongs(Answered):
    songs: list[PlaylistPlace]
    next_cursor: int | None
