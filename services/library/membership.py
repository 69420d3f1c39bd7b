"""Which songs stand in a playlist, changed one at a time."""

from sqlalchemy import delete, func, insert, select

import clock
from errors import InvalidInput
from extensions import transaction
from models import PlaylistSong
from services.library.playlists import PLAYLIST_MAX_SONGS, get_playlist
from services.library.songs import get_song


def add_song(playlist_id: int, song_id: int) -> str:
    """Put a song at the end of a playlist of the same owner; the playlist's name.

    :raise NotFound: if there is no such playlist or song.
    :raise InvalidInput: if the song is another owner's, or the playlist is full.
    """
    with transaction() as session:
        song, playlist = get_song(song_id), get_playlist(playlist_id)  # whose song it is has been asked already
        if song.owner_id != playlist.owner_id:
            message = f"there is no song {song_id} in this library."
            raise InvalidInput(message.capitalize(), details={"song_id": message})
        places = select(func.max(PlaylistSong.position), func.count()).where(PlaylistSong.playlist_id == playlist_id)
        last, size = session.execute(places).one()
        if size >= PLAYLIST_MAX_SONGS:
            message = f"a playlist may have at most {PLAYLIST_MAX_SONGS:,} songs."
            raise InvalidInput(message.capitalize(), details={"playlist_id": message})
        place = {"playlist_id": playlist_id, "song_id": song_id, "position": (last or 0) + 1}
        session.execute(insert(PlaylistSong).values(place))
        playlist.updated_at = clock.now()
        return playlist.name


def remove_place(playlist_id: int, position: int) -> None:
    """Take what stands at a place out of a playlist; the song stays in the library. Twice is harmless.

    :raise NotFound: if there is no such playlist.
    """
    with transaction() as session:
        playlist = get_playlist(playlist_id)
        place = delete(PlaylistSong).where(PlaylistSong.playlist_id == playlist_id, PlaylistSong.position == position)
        session.execute(place)
        playlist.updated_at = clock.now()
