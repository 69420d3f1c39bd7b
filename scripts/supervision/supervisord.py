"""The supervisor process, as the launcher holds it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.supervision.configuration import LIFELINE, render
from scripts.supervision.programs import Program
from scripts.supervision.terminal import copy_lines

PROJECT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.05


def start_attached(command: Sequence[str], *, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Start `command` in the project's folder, so that it ends with us and Ctrl-C reaches only us."""
    lifeline = [sys.executable, "-I", "-S", str(LIFELINE), "--parent", str(os.getpid()), "--"]
    return subprocess.Popen(  # noqa: S603 - the command line is ours, and no shell reads it
        [*lifeline, *command],
        cwd=PROJECT,
        process_group=0,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout else None,
    )


class Supervisord:
    """supervisord in the foreground, its output copied to the terminal."""

    def __init__(self, programs: Sequence[Program], run_folder: Path) -> None:
        configuration = run_folder / "supervisord.conf"
        configuration.write_text(render(programs))
        files = ["-c", str(configuration), "-j", str(run_folder / "supervisord.pid")]
        # Through a pipe of our own: supervisord opens its output again by name, which a socket does not allow.
        self._process = start_attached(
            [sys.executable, "-I", "-m", "supervisor.supervisord", *files], stdout=subprocess.PIPE
        )
        assert self._process.stdout  # noqa: S101 - for the type checker: it is a pipe
        self._copying = threading.Thread(target=copy_lines, args=[self._process.stdout], daemon=True)
        self._copying.start()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Stop every program, the last started first, and wait; as soon as `hurry` says so, kill them all."""
        self._process.terminate()
        while self.running:
            if hurry():
                self._process.kill()
            time.sleep(POLL_SECONDS)
        self._copying.join(timeout=1)
