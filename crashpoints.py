"""Named places where a process can be made to die, so that the fault suite sees what becomes of the work.

Nothing is armed unless `CRASH_AT` says so: `C4` for the first time that any process comes to it, `C4:3` for the third,
several with commas. Each kills once in the whole fleet, so that what is started again goes on.
"""

import os
import signal
from pathlib import Path

POINTS = {
    "C0a": "a request has written its job and not committed it",
    "C0b": "a request has committed its job and not rung for it",
    "C1": "a worker has claimed a job and not committed that",
    "C2": "a worker has committed its claim",
    "C3": "a job is at a checkpoint",
    "C4": "a job has written its result, and its end is not committed",
    "C5": "the end of a job is committed, and nobody has been told",
    "C6": "a ring has been answered, and the horse has not left yet",
    "C7": "the janitor has written down that it rings for a job again, and has not rung",
    "C8": "the janitor has rung for a job again, and not noted it",
    "P1": "some children of a parent have been made",
    "P2": "all children of a parent have been made, and none has been rung for",
    "P3": "the end of a parent has been written, and is not committed",
    "P4": "the end of a parent is committed, and nobody has been told",
    "S1": "a run by the clock has been taken, and its job has not been submitted",
    "S2": "the job of a run by the clock has been submitted, and that is not noted",
}

_armed: dict[str, tuple[int, Path]] = {}


def parse(spec: str) -> dict[str, int]:
    """`C4,C1:3` as `{"C4": 1, "C1": 3}`.

    :raise ValueError: if it names no such point, or a count that is not a whole number above 0.
    """
    wanted = {}
    for part in filter(None, (word.strip() for word in spec.split(","))):
        name, _, count = part.partition(":")
        if name not in POINTS or not (count or "1").isdecimal() or int(count or 1) < 1:
            raise ValueError(f"write it as C4 or C4:3, with one of {', '.join(POINTS)}")
        wanted[name] = int(count or 1)
    return wanted


def arm(spec: str, folder: Path) -> None:
    """Let this process die at these points from now on; `folder` is the fleet's, and remembers who has come by."""
    _armed.clear()
    _armed.update({name: (count, folder) for name, count in parse(spec).items()})


def reached(name: str) -> None:
    """Say that this process has come to a point; it may not return."""
    if name in _armed:
        _come_by(name, *_armed[name])


def _come_by(name: str, fatal: int, folder: Path) -> None:
    """Die if we are the one whose turn it is, which the first free mark tells; afterwards nobody does."""
    for turn in range(1, fatal + 1):
        if _leave_mark(mark(folder, name, turn)):
            if turn == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return


def mark(folder: Path, name: str, turn: int) -> Path:
    """The file that whoever comes to a point as the `turn`th leaves behind."""
    return folder / f"crash-{name}-{turn}"


def _leave_mark(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
