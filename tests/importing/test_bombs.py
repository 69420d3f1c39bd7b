"""Small files that would become big ones are refused or read for what is of use in them, in little memory."""

import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.importing.incoming import IncomingFile
from services.importing.kinds import MAX_PLAYLIST_BYTES, MEBIBYTE
from services.importing.plan import make_plan
from tests.importing.makers import Batch, titles

ZEROS = zlib.compress(bytes(200 * MEBIBYTE))


@contextmanager
def _memory_below(most_bytes: int) -> Iterator[None]:
    tracemalloc.start()
    yield
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < most_bytes


def _id3(frame: bytes, name: bytes) -> bytes:
    """An ID3v2.3 tag of one compressed frame."""
    body = name + (len(frame) + 4).to_bytes(4, "big") + b"\x00\x80" + (200 * MEBIBYTE).to_bytes(4, "big") + frame
    size = len(body)
    sevens = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + sevens + body


@pytest.mark.parametrize("frame", [b"APIC", b"TIT2", b"USLT"])
def test_it_unpacks_no_frame(batch: Batch, audio: dict[str, bytes], frame: bytes) -> None:
    batch.add("Tone.mp3", _id3(ZEROS, frame) + audio[".mp3"])
    with _memory_below(20 * MEBIBYTE):
        batch.run()
    assert titles() == ["Tone"]


def test_it_refuses_gigantic_tags_before_it_reads_them(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("x.mp3", b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + bytes(100 * MEBIBYTE))
    with _memory_below(20 * MEBIBYTE):
        assert batch.refusal() == ("too_big", "The tags in “x.mp3” are too big: more than 64 MB.")


def test_it_refuses_pictures_without_end(batch: Batch, audio: dict[str, bytes]) -> None:
    picture = b"\x06\xff\xff\xff" + bytes(0xFFFFFF)
    stream_info = audio[".flac"][4:42]
    batch.add("x.flac", b"fLaC" + stream_info.replace(b"\x80", b"\x00", 1) + picture * 5)
    assert batch.refusal()[0] in ("too_big", "damaged")


@pytest.mark.parametrize(("name", "piece"), [("x.json", b"{},"), ("y.json", b"[],"), ("x.csv", b",")])
def test_it_refuses_more_values_than_a_list_can_have(batch: Batch, name: str, piece: bytes) -> None:
    content = b"title" if name.endswith("csv") else b"["
    batch.add(name, (content + piece * (MAX_PLAYLIST_BYTES // len(piece)))[:MAX_PLAYLIST_BYTES])
    with _memory_below(60 * MEBIBYTE):
        assert batch.refusal()[0] == "too_many_entries"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_it_takes_or_refuses_audio_that_ends_too_soon(batch: Batch, audio: dict[str, bytes], share: float) -> None:
    for suffix, content in audio.items():
        batch.add(f"x{suffix}", content[: int(len(content) * share)])
    report = batch.run()
    assert report.added + report.existing + report.refused == len(audio)
    assert {item.code for item in report.refusals} <= {"damaged", "wrong_content"}


def test_it_numbers_ten_thousand_files_of_one_name_one_after_the_other(tmp_path: Path) -> None:
    files = [IncomingFile("x.txt", tmp_path / str(n)) for n in range(10_000)]
    started = time.process_time()
    plan = make_plan(files)
    assert time.process_time() - started < 5
    assert [bundle.files[0].name for bundle in plan.bundles[:3]] == ["x.txt", "x (2).txt", "x (3).txt"]
    assert len(plan.bundles) == len(files)
