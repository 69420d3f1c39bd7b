"""Start a program that ends when its starter ends, even when that was killed by SIGKILL.

    lifeline.py --parent PID [--on-parent-death SIGNAL] [--lock FILE] [--gate FILE] -- PROGRAM [ARGUMENT…]

It becomes the program (exec), so nothing stands between the supervisor and what it watches. Standard library
only: it runs as a bare script ahead of every program. On systems without `prctl` only the gate and lock work.
"""

import argparse
import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
# A program that may end, and ends with this, is to be started again (EX_TEMPFAIL of sysexits.h); after 0 it is not.
STARTS_AGAIN = 75
GATE_POLL_SECONDS = 0.05


def die_with_parent(parent_pid: int, death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `death_signal` to this process when its parent dies. Survives exec, not fork."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent_pid:  # it died before the kernel knew that we care
        os.kill(os.getpid(), death_signal)


def hold_lock(path: Path) -> None:
    """Wait for the lock and keep it across exec, until the program itself has ended."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.set_inheritable(descriptor, True)


def wait_for(gate: Path) -> None:
    """Wait until the file `gate` exists; being asked to stop meanwhile is no failure."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # exec puts the default back
    while not gate.exists():
        time.sleep(GATE_POLL_SECONDS)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lifeline")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--on-parent-death", type=signal.Signals.__getitem__, default=signal.SIGKILL)
    parser.add_argument("--lock", type=Path)
    parser.add_argument("--gate", type=Path)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    """Wait for what the program needs, then become it. The program finds its own pid in `LIFELINE_PID`."""
    arguments = _arguments(argv)
    die_with_parent(arguments.parent, arguments.on_parent_death)
    if arguments.lock:
        hold_lock(arguments.lock)
    if arguments.gate:
        wait_for(arguments.gate)
    os.environ["LIFELINE_PID"] = str(os.getpid())
    os.execvp(arguments.command[0], arguments.command)  # noqa: S606 - the command line is ours, and no shell reads it


if __name__ == "__main__":
    main(sys.argv[1:])
