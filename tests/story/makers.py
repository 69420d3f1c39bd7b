"""Songs whose analysis takes a while, since their lyrics must be looked up."""

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack

BLOODY = "He drew a knife and stabbed him dead\nLa la la, the river runs"


def slow_songs(stack: Stack, lrclib: LrclibServer, artist: str, number: int) -> list[int]:
    """Ids of `number` new songs of that artist, which LRCLIB knows."""
    ids = []
    for count in range(1, number + 1):
        lrclib.add(f"Song {count}", artist, plainLyrics=BLOODY)
        ids.append(stack.post("/api/songs", title=f"Song {count}", artist=artist)["id"])
    return ids


def slow_playlist(stack: Stack, lrclib: LrclibServer, name: str, number: int) -> int:
    """The id of a new playlist of `number` such songs."""
    song_ids = slow_songs(stack, lrclib, name, number)
    playlist: int = stack.post("/api/playlists", name=name, song_ids=song_ids)["id"]
    return playlist
