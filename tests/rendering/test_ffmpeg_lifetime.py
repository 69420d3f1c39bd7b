"""No ffmpeg outlives the work that it was started for."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from services.media import ffmpeg
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "testsrc2=s=64x64"
ENDLESS = ["-re", "-f", "lavfi", "-i", SOURCE, "-f", "null", "-"]


class Stopped(Exception):
    """What a checkpoint raises when its job was canceled."""


def _ffmpegs(process: psutil.Process) -> list[psutil.Process]:
    """Those that are at work; imageio-ffmpeg starts others, to see if its program runs."""
    found = []
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            if child.name().startswith("ffmpeg") and SOURCE in child.cmdline():
                found.append(child)
    return found


def test_it_ends_when_the_checkpoint_raises() -> None:
    seen: list[psutil.Process] = []

    def checkpoint() -> None:
        seen.extend(_ffmpegs(psutil.Process()))
        if seen:
            raise Stopped

    with pytest.raises(Stopped):
        ffmpeg.run(ENDLESS, duration_seconds=60, checkpoint=checkpoint)
    assert not seen[0].is_running()


def test_it_ends_when_its_worker_is_killed() -> None:
    program = f"from services.media import ffmpeg; ffmpeg.run({ENDLESS!r}, duration_seconds=60)"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as worker:
        try:
            itself = psutil.Process(worker.pid)
            wait_until(lambda: _ffmpegs(itself), "the worker has started ffmpeg")
            started = _ffmpegs(itself)[0]
        finally:
            os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: not started.is_running(), "ffmpeg has gone with it")


def test_it_checks_even_when_nothing_comes() -> None:
    checks: list[None] = []

    def checkpoint() -> None:
        checks.append(None)
        if len(checks) > 3:
            raise Stopped

    read, write = os.pipe()
    try:
        with pytest.raises(Stopped):
            ffmpeg.run(
                ["-i", f"/proc/{os.getpid()}/fd/{read}", "-f", "null", "-"], duration_seconds=1, checkpoint=checkpoint
            )
    finally:
        os.close(read)
        os.close(write)
