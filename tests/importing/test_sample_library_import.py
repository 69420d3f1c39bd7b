"""The sample library goes in whole."""

from pathlib import Path

from models import User
from services.importing.folders import import_paths
from services.library import queries

SAMPLE_LIBRARY = Path(__file__).resolve().parents[2] / "sample_library"


def test_it_imports_every_song_with_lyrics_and_every_playlist(owner: User) -> None:
    owner_id = owner.id
    report = import_paths(owner_id, [SAMPLE_LIBRARY])
    songs = list(SAMPLE_LIBRARY.glob("songs/*.lrc"))
    assert report.added == len(songs)
    assert [item.name for item in report.refusals] == ["README.md"]
    assert all(song.has_lyrics and song.artist for song in queries.list_songs(owner_id, limit=100).items)
    lists = queries.list_playlists(owner_id).items
    assert len(lists) == len(list(SAMPLE_LIBRARY.glob("*.m3u8")))
    assert sum(playlist.song_count for playlist in lists) == len(songs)
