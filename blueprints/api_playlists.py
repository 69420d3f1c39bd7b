"""Playlists."""

from flask import Blueprint, url_for

from blueprints.actor import current_identity, current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import PLAYLISTS, Answer, operation
from blueprints.schemas.common import ById
from blueprints.schemas.playlists import (
    NewPlaylist,
    PlaylistAnswer,
    PlaylistChanges,
    PlaylistPage,
    PlaylistQuery,
    PlaylistSongs,
    PlaylistSongsQuery,
)
from extensions import db
from models import Playlist
from services.access.ownership import library_of
from services.library import playlists, queries

bp = Blueprint("api_playlists", __name__, url_prefix="/api/playlists")

NO_PLAYLIST = {404: "There is no such playlist."}
REFUSED = {409: "There is a playlist of that name; `details.id` is that one.", 422: "A field is not acceptable."}


@bp.get("")
@operation(PLAYLISTS, PlaylistPage, errors={404: "There is no such owner.", 422: "A parameter is not acceptable."})
def list_playlists(query: PlaylistQuery) -> Answer:
    """List your playlists by name, page by page; for operators, anybody's."""
    owner = library_of(current_identity(), query.owner)
    page = queries.list_playlists(owner.id, **query.model_dump(exclude={"owner"}))
    return PlaylistPage.model_validate({"playlists": page.items, "next_cursor": page.next_cursor})


@bp.post("")
@idempotent
@operation(PLAYLISTS, PlaylistAnswer, status=201, errors=REFUSED)
def create_playlist(json: NewPlaylist) -> Answer:
    """Make a playlist of songs in the library."""
    playlist = playlists.create_playlist(current_owner_id(), json.name, json.song_ids)
    return _told(playlist), 201, {"Location": url_for("api_playlists.get_playlist", playlist_id=playlist.id)}


@bp.get("/<int:playlist_id>")
@operation(PLAYLISTS, PlaylistAnswer, errors=NO_PLAYLIST)
def get_playlist(playlist_id: int) -> Answer:
    """Get a playlist."""
    return _told(playlists.get_playlist(playlist_id))


@bp.get("/<int:playlist_id>/songs")
@operation(PLAYLISTS, PlaylistSongs, errors=NO_PLAYLIST | {422: "A parameter is not acceptable."})
def list_playlist_songs(playlist_id: int, query: PlaylistSongsQuery) -> Answer:
    """List the songs of a playlist in order, page by page."""
    playlists.get_playlist(playlist_id)
    places = queries.playlist_songs(playlist_id, after_position=query.cursor, limit=query.limit)
    full = len(places) == query.limit
    return PlaylistSongs.model_validate({"songs": places, "next_cursor": places[-1].position if full else None})


@bp.patch("/<int:playlist_id>")
@operation(PLAYLISTS, PlaylistAnswer, errors=NO_PLAYLIST | REFUSED)
def change_playlist(playlist_id: int, json: PlaylistChanges) -> Answer:
    """Rename a playlist, replace its songs, or both."""
    return _told(playlists.update_playlist(playlist_id, **json.model_dump(exclude_unset=True)))


@bp.delete("/<int:playlist_id>")
@operation(PLAYLISTS, ById, errors=NO_PLAYLIST)
def delete_playlist(playlist_id: int) -> Answer:
    """Delete a playlist; its songs stay."""
    playlists.delete_playlist(playlist_id)
    return ById(id=playlist_id)


def _told(playlist: Playlist) -> PlaylistAnswer:
    summary = queries.playlist_summary(playlist)
    song_ids = playlists.song_ids_of(db.session(), playlist.id)
    line = {name: getattr(summary, name) for name in summary.__dataclass_fields__}
    return PlaylistAnswer.model_validate(line | {"song_ids": song_ids})
