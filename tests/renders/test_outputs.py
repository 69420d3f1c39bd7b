"""An output is believed once it is seen to be there, to be a video, and to be whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from errors import TransientError
from services.renders.outputs import EMPTY, NO_ADDRESS, NO_VIDEO, NOT_WHOLE, examine, is_video
from tests.made_media import ffmpeg
from tests.servers.files import MP4, box
from tests.servers.nca import Nca, nca

HEAD = box("ftyp", b"isom\x00\x00\x02\x00isomiso2mp41")


@pytest.fixture(scope="module")
def running() -> Iterator[Nca]:
    with nca() as server:
        yield server


@pytest.fixture
def server(running: Nca) -> Nca:
    running.files.__init__()  # type: ignore[misc] # as new, without another server
    return running


def test_it_tells_size_and_time(server: Nca) -> None:
    server.files.put("/o.mp4", changed_at=1_780_000_000.0)
    seen = examine(f"{server.url}/o.mp4")
    assert (seen.problem, seen.size_bytes, seen.appeared_at) == (None, len(MP4), 1_780_000_000.0)
    assert server.files.asked[0] == ("HEAD", "/o.mp4")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", EMPTY),
        (b"<!DOCTYPE html><title>Sign in</title>", NO_VIDEO),
        (b'<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>', NO_VIDEO),
        (b"ID3" + bytes(5000), NO_VIDEO),
        (HEAD + box("free") + (0).to_bytes(4) + b"mdat" + bytes(5000), NOT_WHOLE),  # as ffmpeg leaves it meanwhile
        (MP4[:2000], NOT_WHOLE),
        (HEAD + box("moov", bytes(50)) + box("mdat", bytes(6000)), None),
        (b"RIFF" + (9000).to_bytes(4, "little") + b"AVI " + bytes(4000), NOT_WHOLE),
        (b"\x1a\x45\xdf\xa3" + bytes(100), None),
        (HEAD + box("moov") + (box("moof", bytes(9)) + box("mdat", bytes(600))) * 30, None),  # in fragments
        (HEAD + box("free") * 20 + box("mdat", bytes(90)) + box("moov"), None),  # its table is behind what is looked at
    ],
)
def test_it_is_looked_into(server: Nca, content: bytes, problem: str | None) -> None:
    server.files.put("/o.mp4", content)
    assert examine(f"{server.url}/o.mp4").problem == problem


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_told_of(server: Nca, status: int) -> None:
    server.files.missing = status
    assert examine(f"{server.url}/o.mp4").problem == f"There is no file yet (status {status})."


@pytest.mark.parametrize("status", [302, 400, 401, 408, 429, 500, 503])
def test_what_says_neither_is_no_answer(server: Nca, status: int) -> None:
    server.files.put("/o.mp4")
    server.files.status = status
    with pytest.raises(TransientError, match=str(status)):
        examine(f"{server.url}/o.mp4")


def test_a_server_that_takes_no_head_is_asked_for_a_byte(server: Nca) -> None:
    server.files.refuses_head = True
    server.files.put("/o.mp4")
    seen = examine(f"{server.url}/o.mp4")
    assert (seen.problem, seen.size_bytes) == (None, len(MP4))
    server.files.put("/empty.mp4", b"")
    assert examine(f"{server.url}/empty.mp4").problem == EMPTY
    assert not examine(f"{server.url}/none.mp4").is_usable


def test_a_server_that_knows_no_ranges_is_read_from_the_beginning(server: Nca) -> None:
    server.files.ranges = False
    server.files.put("/o.mp4", MP4 + bytes(3_000_000))
    assert examine(f"{server.url}/o.mp4").is_usable


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(TransientError, match="cannot be reached"):
        examine("http://127.0.0.1:9/o.mp4")


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/o.mp4", "http://exa mple.org/\u0000"])
def test_an_address_that_is_none_is_told_of(url: str) -> None:
    assert examine(url).problem == NO_ADDRESS


def test_a_whole_file_costs_a_few_questions(server: Nca) -> None:
    server.files.put("/o.mp4")
    examine(f"{server.url}/o.mp4")
    assert len(server.files.asked) <= 4


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".mpg", ".ts", ".flv", ".webm", ".mov", ".ogv"])
def test_all_kinds_of_videos_are_known(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    codec = ["-c:v", "libvpx"] if suffix == ".webm" else ["-c:v", "libtheora"] if suffix == ".ogv" else []
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=0.4", *codec, str(path)])
    assert is_video(path.read_bytes()[:4096])
