"""Songs, and what was found in their lyrics."""

from flask import Blueprint, url_for

from blueprints.actor import current_identity, current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import SONGS, Answer, operation
from blueprints.schemas.common import ById
from blueprints.schemas.songs import AnalysisAnswer, NewSong, SongAnswer, SongChanges, SongPage, SongQuery
from errors import NotFound
from models import Song
from services.access.ownership import library_of
from services.library import queries, songs

bp = Blueprint("api_songs", __name__, url_prefix="/api/songs")

NO_SONG = {404: "There is no such song."}
REFUSED = {409: "The library has the song already; `details.id` is that one.", 422: "A field is not acceptable."}


@bp.get("")
@operation(SONGS, SongPage, errors={404: "There is no such owner.", 422: "A parameter is not acceptable."})
def list_songs(query: SongQuery) -> Answer:
    """List your songs, page by page; for operators, anybody's."""
    owner = library_of(current_identity(), query.owner)
    page = queries.list_songs(owner.id, **query.model_dump(exclude={"owner"}))
    return SongPage.model_validate(
        {"songs": page.items, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
    )


@bp.post("")
@idempotent
@operation(SONGS, SongAnswer, status=201, errors=REFUSED)
def create_song(json: NewSong) -> Answer:
    """Add a song by hand."""
    song = songs.create_song(current_owner_id(), **json.model_dump(), source="api")
    return _told(song), 201, {"Location": url_for("api_songs.get_song", song_id=song.id)}


@bp.get("/<int:song_id>")
@operation(SONGS, SongAnswer, errors=NO_SONG)
def get_song(song_id: int) -> Answer:
    """Get a song with its lyrics."""
    return _told(songs.get_song(song_id))


@bp.patch("/<int:song_id>")
@operation(SONGS, SongAnswer, errors=NO_SONG | REFUSED)
def change_song(song_id: int, json: SongChanges) -> Answer:
    """Change some fields of a song."""
    return _told(songs.update_song(song_id, **json.model_dump(exclude_unset=True)))


@bp.delete("/<int:song_id>")
@operation(SONGS, ById, errors=NO_SONG)
def delete_song(song_id: int) -> Answer:
    """Delete a song and its analyses, and take it out of every playlist."""
    songs.delete_song(song_id)
    return ById(id=song_id)


@bp.get("/<int:song_id>/analysis")
@operation(SONGS, AnalysisAnswer, errors={404: "There is no such song, or it was `not_analysed` yet."})
def get_analysis(song_id: int) -> Answer:
    """Get the latest analysis of a song."""
    song = songs.get_song(song_id)
    analysis = queries.latest_analysis(song_id)
    if analysis is None:
        raise NotFound(f"“{song.title}” has not been analyzed yet: click Analyze.", code="not_analysed")
    return AnalysisAnswer.model_validate(analysis)


def _told(song: Song) -> SongAnswer:
    columns = {column.key: getattr(song, column.key) for column in Song.__table__.columns}
    return SongAnswer.model_validate(columns | {"has_lyrics": song.lyrics is not None})
