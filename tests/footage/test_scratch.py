"""The folder of a run is its own, and is not left behind."""

import subprocess
import sys

from flask import Flask

from extensions import current_settings
from services.footage import scratch
from tests.footage.contexts import TestContext

HOLD = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], 0), fcntl.LOCK_EX); print('held', flush=True); input()"


def test_it_is_empty_and_goes_at_the_end(app: Flask) -> None:
    with scratch.scratch(TestContext()) as folder:
        assert list(folder.iterdir()) == []
        (folder / "sound.wav").write_text("a lot")
    assert not folder.exists()


def test_it_leaves_alone_the_folder_of_another_run(app: Flask) -> None:
    with scratch.scratch(TestContext()) as first, scratch.scratch(TestContext()) as second:
        assert first != second
        assert first.exists()


def test_it_removes_what_a_killed_run_has_left(app: Flask) -> None:
    left = current_settings().data_dir / scratch.FOLDER / "killed-1"
    left.mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(left)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with scratch.scratch(TestContext()):
            assert left.exists()
        holder.kill()
        holder.wait()
        with scratch.scratch(TestContext()):
            assert not left.exists()
