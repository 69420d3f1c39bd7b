"""The sample library is whole: songs, playlists and the rules their files keep."""

import re
import unicodedata
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parent.parent / "sample_library"
SONGS = sorted((LIBRARY / "songs").iterdir())
PLAYLISTS = sorted(LIBRARY.glob("*.m3u8"))
ID_TAG = re.compile(r"\[(ti|ar|al|length|re):(.+)\]")
REQUIRED_TAGS = {"ti", "ar", "al", "re"}

each_song = pytest.mark.parametrize("song", SONGS, ids=lambda path: path.stem)
each_playlist = pytest.mark.parametrize("playlist", PLAYLISTS, ids=lambda path: path.stem)


def tags_of(song: Path) -> dict[str, str]:
    """Give the ID tags of a song file's head; a head line that is no known tag is an error."""
    head = song.read_text(encoding="utf-8").split("\n\n", 1)[0]
    matches = [ID_TAG.fullmatch(line) for line in head.split("\n")]
    assert all(matches), f"{song.name}: a line of the head is not an ID tag: {head!r}"
    return {match[1]: match[2] for match in matches if match}


def stanzas_of(song: Path) -> list[list[str]]:
    """Give the lyrics as stanzas of lines."""
    lyrics = song.read_text(encoding="utf-8").split("\n\n", 1)[1]
    return [stanza.split("\n") for stanza in lyrics.rstrip("\n").split("\n\n")]


def entries_of(playlist: Path) -> list[tuple[str, str]]:
    """Give (label, relative path) for each entry of an extended M3U playlist, in order."""
    lines = playlist.read_text(encoding="utf-8").splitlines()[2:]
    return [(label.removeprefix("#EXTINF:-1,"), path) for label, path in zip(lines[::2], lines[1::2], strict=True)]


def test_it_has_at_least_forty_songs_in_four_playlists() -> None:
    assert len(SONGS) >= 40
    assert len(PLAYLISTS) == 4


@each_song
def test_it_keeps_a_song_in_nfc_utf8_with_line_feeds(song: Path) -> None:
    text = song.read_bytes().decode("utf-8")
    assert song.suffix == ".lrc"
    assert "\r" not in text
    assert "\ufeff" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert unicodedata.is_normalized("NFC", text)


@each_song
def test_it_tags_a_song_with_title_artist_album_and_rights(song: Path) -> None:
    assert tags_of(song).keys() >= REQUIRED_TAGS


@each_song
def test_it_gives_a_song_untimed_lyrics_in_stanzas(song: Path) -> None:
    lines = [line for stanza in stanzas_of(song) for line in stanza]
    assert len(lines) >= 4
    assert all(line == line.strip() != "" for line in lines)
    assert not any(line.startswith("[") for line in lines)


@each_playlist
def test_it_heads_a_playlist_with_its_name(playlist: Path) -> None:
    first, second = playlist.read_text(encoding="utf-8").splitlines()[:2]
    assert first == "#EXTM3U"
    assert re.fullmatch(r"#PLAYLIST:\S.*", second)


@each_playlist
def test_it_lists_only_songs_that_are_there_under_their_own_names(playlist: Path) -> None:
    for label, path in entries_of(playlist):
        tags = tags_of(LIBRARY / path)
        assert label == f"{tags['ar']} - {tags['ti']}"


def test_it_puts_every_song_in_a_playlist() -> None:
    listed = {LIBRARY / path for playlist in PLAYLISTS for _, path in entries_of(playlist)}
    assert listed == set(SONGS)


def test_it_tells_the_source_of_every_song() -> None:
    readme = (LIBRARY / "README.md").read_text(encoding="utf-8")
    untold = [song.name for song in SONGS if f"(songs/{song.name})" not in readme]
    assert untold == []
