"""Audio files bring title, artist, album, duration and embedded lyrics, in every format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC
from mutagen.id3 import Encoding
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from tests.importing.makers import Batch, make_id3, only_song

TITLE, ARTIST, ALBUM, LYRICS = "Scarborough Fair", "Trad.", "Fairs", "Are you going\nto Scarborough Fair"


def _tag_mp3(path: Path, lyrics: str) -> None:
    frames = {"TPE1": {"text": ARTIST}, "TALB": {"text": ALBUM}, "USLT": {"lang": "eng", "text": lyrics}}
    make_id3(TITLE, **frames).save(path)


def _tag_m4a(path: Path, lyrics: str) -> None:
    audio: Any = MP4(path)  # type: ignore[no-untyped-call]  # mutagen has no types for it
    audio["\xa9nam"], audio["\xa9ART"], audio["\xa9alb"], audio["\xa9lyr"] = [TITLE], [ARTIST], [ALBUM], [lyrics]
    audio.save()


def _vorbis_tagger(kind: Callable[[Path], Any], field: str) -> Callable[[Path, str], None]:
    def tag(path: Path, lyrics: str) -> None:
        audio: Any = kind(path)
        audio["TITLE"], audio["ARTIST"], audio["ALBUM"], audio[field] = [TITLE], [ARTIST], [ALBUM], [lyrics]
        audio.save()

    return tag


TAGGERS = [
    (".mp3", _tag_mp3),
    (".m4a", _tag_m4a),
    (".flac", _vorbis_tagger(FLAC, "LYRICS")),
    (".flac", _vorbis_tagger(FLAC, "UNSYNCEDLYRICS")),
    (".ogg", _vorbis_tagger(OggVorbis, "LYRICS")),
    (".opus", _vorbis_tagger(OggOpus, "LYRICS")),
]


@pytest.mark.parametrize(("suffix", "tag"), TAGGERS)
def test_it_reads_the_tags_of_every_format(
    batch: Batch, audio: dict[str, bytes], suffix: str, tag: Callable[[Path, str], None]
) -> None:
    tag(batch.add(f"folder/07 whatever{suffix.upper()}", audio[suffix]), LYRICS)
    assert batch.run().added == 1
    song = only_song()
    assert (song.title, song.artist, song.album, song.lyrics) == (TITLE, ARTIST, ALBUM, LYRICS)
    assert (song.lyrics_source, song.source) == ("embedded", f"folder/07 whatever{suffix.upper()}")
    assert song.duration_seconds == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("suffix", "tag"), TAGGERS)
def test_it_takes_the_times_out_of_embedded_lyrics(
    batch: Batch, audio: dict[str, bytes], suffix: str, tag: Callable[[Path, str], None]
) -> None:
    tag(batch.add(f"x{suffix}", audio[suffix]), "[ti:Fair]\n[00:02.00]two\n[00:01.00]one")
    batch.run()
    assert only_song().lyrics == "one\ntwo"


def _synced(batch: Batch, content: bytes, words: list[tuple[str, int]]) -> None:
    frame = {"encoding": Encoding.UTF8, "lang": "eng", "format": 2, "type": 1, "text": words}
    make_id3(SYLT=frame).save(batch.add("A - B.mp3", content))
    batch.run()


def test_it_reads_synchronised_lyrics_line_by_line(batch: Batch, audio: dict[str, bytes]) -> None:
    _synced(batch, audio[".mp3"], [("Are you going", 100), ("to Scarborough", 900)])
    assert only_song().lyrics == "Are you going\nto Scarborough"


def test_it_reads_synchronised_lyrics_syllable_by_syllable(batch: Batch, audio: dict[str, bytes]) -> None:
    _synced(batch, audio[".mp3"], [("Are ", 100), ("you", 200), ("\ngo", 300), ("ing", 400)])
    assert only_song().lyrics == "Are you\ngoing"


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".m4a", ".ogg", ".opus"])
def test_it_takes_the_name_of_a_file_without_tags(batch: Batch, audio: dict[str, bytes], suffix: str) -> None:
    batch.add(f"Album/03 - Trad. - Scarborough Fair{suffix}", audio[suffix])
    assert batch.run().added == 1
    song = only_song()
    assert (song.artist, song.title, song.lyrics, song.lyrics_source) == ("Trad.", "Scarborough Fair", None, None)


def test_it_completes_tags_by_a_file_name_that_fits(batch: Batch, audio: dict[str, bytes]) -> None:
    make_id3("Scarborough Fair").save(batch.add("Trad. - Scarborough Fair.mp3", audio[".mp3"]))
    batch.run()
    assert only_song().artist == "Trad."


def test_it_joins_several_artists(batch: Batch, audio: dict[str, bytes]) -> None:
    frames = {"TPE1": {"text": ["One", "Two"]}}
    make_id3("Duet", **frames).save(batch.add("x.mp3", audio[".mp3"]))
    batch.run()
    assert only_song().artist == "One, Two"


def test_it_takes_opus_in_an_ogg_file(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("A - B.ogg", audio[".opus"])
    assert batch.run().added == 1


def test_it_takes_flac_behind_id3_tags(batch: Batch, audio: dict[str, bytes], tmp_path: Path) -> None:
    make_id3("not looked at").save(tmp_path / "tags")
    batch.add("A - B.flac", (tmp_path / "tags").read_bytes() + audio[".flac"])
    assert batch.run().added == 1
