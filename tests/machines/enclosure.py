"""Namespaces of our own for the whole run: whatever is started or made in them is gone when the run ends, however it
ends, since the kernel sees to it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path("/tmp/backbeat-machines")
NAMED_NETWORKS = Path("/run/netns")  # where `ip netns` keeps them
# A process namespace ends with its first process, and takes every other with it; mounts and networks go with them.
UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc")
INSIDE = "--inside"


def refusal() -> str | None:
    """Why it cannot be entered here, in one sentence."""
    if os.geteuid() != 0:
        return "make fleet makes network namespaces, which only root may: run it as root (sudo make fleet)."
    asked = subprocess.run([*UNSHARE, "ip", "link", "add", "bridge", "type", "bridge"], capture_output=True, text=True)
    if asked.returncode != 0:
        return (
            "make fleet makes network namespaces, and this machine does not allow it "
            f"({asked.stderr.strip() or 'unshare failed'}): in a container, it needs to be privileged."
        )
    return None


def enter(arguments: Sequence[str]) -> None:
    """Become the same program inside; does not return."""
    inside = (sys.executable, "-m", "tests.machines", INSIDE, *arguments)
    os.execvp(UNSHARE[0], [*UNSHARE, "--", *inside])  # noqa: S606 - our own command line, and no shell reads it


@contextmanager
def prepared() -> Iterator[Path]:
    """Inside: an empty folder of this run, whose logs stay until the next one. Being terminated is like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    FOLDER.mkdir(mode=0o755, exist_ok=True)
    with open(FOLDER / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("make fleet runs on this machine already; wait until it is over.")
        _empty()
        NAMED_NETWORKS.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", NAMED_NETWORKS], check=True)
        yield FOLDER


def _empty() -> None:
    for left in FOLDER.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != "lock":
            left.unlink()
