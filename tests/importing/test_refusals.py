"""Each file that cannot be taken in is refused by itself, by name and with a reason."""

import os
import zlib

import pytest

from services.importing.incoming import IncomingFile
from services.importing.kinds import MAX_LYRICS_BYTES, MAX_PLAYLIST_BYTES
from tests.importing.makers import Batch, titles

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 50
ZIP = b"PK\x03\x04" + b"\x00" * 50
XSPF = '<playlist xmlns="http://xspf.org/ns/0/"><trackList>{}</trackList></playlist>'
BOMB = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><playlist><title>&b;</title></playlist>'


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("x.mp3", PNG, "wrong_content", "“x.mp3” is not an MP3: it holds a PNG image."),
        ("x.m4a", b"RIFF\x00\x00\x00\x00WAVEfmt ", "wrong_content", "it holds WAV audio"),
        ("x.flac", b"no flac at all" * 9, "damaged", "not a FLAC file, or it is damaged"),
        ("x.ogg", b"who knows" * 9, "wrong_content", "no kind that is known here"),
        ("x.ogg", b"OggS" + b"\x00" * 99, "wrong_content", "an Ogg stream of another kind"),
        ("x.mp3", b"This is text. " * 99, "damaged", "“x.mp3” is not an MP3, or it is damaged"),
        ("x.mp3", b"<!DOCTYPE html><p>404", "wrong_content", "an HTML page"),
        ("x.mp3", b"", "empty", "“x.mp3” is empty"),
        ("x.lrc", b"", "empty", "“x.lrc” is empty"),
        ("x.csv", b" \r\n\t", "empty", "“x.csv” is empty"),
        ("x.txt", b" \n ", "empty", "“x.txt” is empty"),
        ("x.txt", PNG, "wrong_content", "“x.txt” is not a text file: it holds a PNG image"),
        ("x.txt", b"a\x00b", "binary", "binary data"),
        ("x.txt", zlib.compress(os.urandom(999)), "binary", "binary data"),
        ("x.txt", "さくら".encode("euc-jp"), "unclear_encoding", "save it as UTF-8"),
        ("x.txt", b"\xef\xbb\xbfcaf\xe9", "bad_encoding", "UTF-8"),
        ("x.txt", b"a" * (MAX_LYRICS_BYTES + 1), "too_big", "2 MB are allowed"),
        ("x.txt", b"la " * 70_000, "too_long", "200,000 are allowed"),
        ("x.lrc", b"[ti:Tags only]", "no_lyrics", "holds no lyrics"),
        ("x.srt", b"no times here", "wrong_content", "not an SRT file"),
        ("x.srt", b"1\n00:00:01,000 --> 00:00:02,000\n\n", "no_lyrics", "holds no lyrics"),
        ("x.m3u", b"#EXTM3U\n# a remark\n", "no_songs", "holds no songs"),
        ("x.m3u8", b"#EXTM3U\n#EXT-X-VERSION:3\na.ts", "wrong_content", "video stream"),
        ("x.m3u", b"a\n" * 20_001, "too_many_entries", "more than 20,000 songs"),
        ("x.csv", b"a" * (MAX_PLAYLIST_BYTES + 1), "too_big", "20 MB are allowed"),
        ("x.csv", b"one,two\n1,2", "no_header", "no heading “title”"),
        ("x.csv", b"title\n", "no_songs", "holds no songs"),
        ("x.csv", b"title,lyrics\na," + b"x" * 140_000, "damaged", "field larger than field limit"),
        ("x.json", b"{", "damaged", "not JSON"),
        ("x.json", b"[" * 100_000, "damaged", "not JSON"),
        ("x.json", b"7", "wrong_content", "neither a list of songs"),
        ("x.json", b'{"name": "x"}', "wrong_content", "neither a list of songs"),
        ("x.json", b"[]", "no_songs", "holds no songs"),
        ("x.xspf", b"<playlist>", "damaged", "XML cannot be read"),
        ("x.xspf", b'<?xml version="1.0" encoding="nope"?><playlist/>', "damaged", "XML cannot be read"),
        ("x.xspf", b"<rss/>", "wrong_content", "its XML is a <rss>"),
        ("x.xspf", b"<playlist>" + b"<a>" * 5_000_000, "wrong_content", "nested too deeply"),
        ("x.xspf", BOMB.encode(), "unsafe_xml", "DTD"),
        ("x.xspf", XSPF.format("").encode(), "no_songs", "holds no songs"),
        ("x.zip", ZIP, "archive", "a ZIP archive: unpack it"),
        ("x.cue", b"FILE", "unsupported", "these can be: .mp3"),
        ("README", b"read me", "unsupported", "cannot be imported"),
    ],
)
def test_it_refuses_with_a_sentence_for_a_person(batch: Batch, name: str, content: bytes, code: str, says: str) -> None:
    batch.add(name, content)
    found, reason = batch.refusal()
    assert found == code
    assert says in reason
    assert reason.startswith((f"“{name}” ", f"The lyrics in “{name}” "))
    assert reason.endswith(".")


def test_it_refuses_audio_of_another_format(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("x.mp3", audio[".flac"])
    assert batch.refusal() == ("wrong_content", "“x.mp3” is not an MP3: it holds FLAC audio.")


def test_it_refuses_audio_that_is_cut_off_in_its_head(batch: Batch, audio: dict[str, bytes]) -> None:
    for suffix in (".flac", ".m4a", ".ogg", ".opus"):
        batch.add(f"x{suffix}", audio[suffix][:40])
    assert {item.code for item in batch.run().refusals} == {"damaged"}


def test_it_refuses_audio_beyond_the_limit_of_the_settings(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("x.mp3", audio[".mp3"])
    code, reason = batch.refusal(max_audio_bytes=1024)
    assert code == "too_big"
    assert "too big" in reason


def test_it_refuses_what_is_gone_or_no_plain_file(batch: Batch) -> None:
    os.mkfifo(batch.folder / "pipe")
    batch.files += [IncomingFile("a.txt", batch.folder / "none"), IncomingFile("b.mp3", batch.folder / "pipe")]
    reasons = [item.reason for item in batch.run().refusals]
    assert sorted(reasons) == [
        "“a.txt” cannot be read: No such file or directory.",
        "“b.mp3” is not a plain file.",
    ]


def test_it_takes_the_rest_in(batch: Batch) -> None:
    batch.add("bad.mp3", PNG)
    batch.add("Good.txt", "la la la")
    batch.add("bad.xspf", "<rss/>")
    batch.add("list.csv", "title\nBetter")
    report = batch.run()
    assert report.counts == {"added": 2, "updated": 0, "existing": 0, "refused": 2, "playlists": 1}
    assert titles() == ["Good", "Better"]


def test_it_survives_any_damage_to_audio(batch: Batch, audio: dict[str, bytes]) -> None:
    """Bytes overwritten at many places: each file is read or refused, and nothing breaks."""
    for suffix, content in audio.items():
        for place in range(0, min(len(content), 2000), 97):
            batch.add(f"{place}{suffix}", content[:place] + b"\xff\xfe\x00\x7f" * 4 + content[place + 16 :])
    report = batch.run()
    assert report.added + report.existing + report.refused == len(batch.files)
    assert report.added
