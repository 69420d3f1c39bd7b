"""A failure of ffmpeg says why, tells no path, and leaves nothing behind."""

import os
import signal
from pathlib import Path

import pytest

from errors import TransientError
from services.media import ffmpeg


def test_it_says_why_and_tells_no_path(tmp_path: Path) -> None:
    source = tmp_path / "private folder" / "talk.mp4"
    source.parent.mkdir()
    source.write_bytes(b"no video at all")
    with pytest.raises(ffmpeg.MediaError, match="Invalid data found") as caught:
        ffmpeg.make(tmp_path / "out.mp4", ffmpeg.reading(source), duration_seconds=1)
    assert str(tmp_path) not in caught.value.message
    assert "private" not in caught.value.message
    assert os.listdir(tmp_path) == ["private folder"]


def test_it_keeps_what_was_there_before(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"made earlier")
    with pytest.raises(ffmpeg.MediaError):
        ffmpeg.make(target, ffmpeg.reading(tmp_path / "missing.mp4"), duration_seconds=1)
    assert target.read_bytes() == b"made earlier"


def test_it_may_be_tried_again_when_ffmpeg_was_killed() -> None:
    def kill_children() -> None:
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        for child in children:
            if b"testsrc2" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)

    endless = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-f", "null", "-"]
    with pytest.raises(TransientError, match="signal 9"):
        ffmpeg.run(endless, duration_seconds=60, checkpoint=kill_children)


def test_it_may_be_tried_again_when_the_disk_was_full() -> None:
    full = ["-f", "lavfi", "-i", "testsrc2=d=1:s=64x64", "-y", "-f", "rawvideo", "file:/dev/full"]
    with pytest.raises(TransientError, match="disk is full"):
        ffmpeg.run(full, duration_seconds=1)
