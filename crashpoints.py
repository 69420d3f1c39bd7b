"""Named places where a process can be made to die, so that the fault suite sees what becomes of the work.

`CRASH_AT` names the places that are watched; none is unless it says so. A watched place kills whoever comes to it while
its fuse, a file in `DATA_DIR`, is there. Whoever dies has taken the fuse away, so it is one process in the whole fleet,
and what is started again goes on.
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
    "C9": "a webhook has been sent, and what came of it is not noted",
    "P1": "some children of a parent have been made",
    "P2": "all children of a parent have been made, and none has been rung for",
    "P3": "the end of a parent has been written, and is not committed",
    "P4": "the end of a parent is committed, and nobody has been told",
    "R1": "a batch of what is due has been looked at, and nothing of what was decided is written",
    "R2": "what was decided of a batch is committed, and the cycle goes on",
    "S1": "a run by the clock has been taken, and its job has not been submitted",
    "S2": "the job of a run by the clock has been submitted, and that is not noted",
    "U1": "all of an upload is here, and nothing is made of it yet",
    "U2": "a run of a video is committed, and not rung for",
}

_fuses: dict[str, Path] = {}


def parse(names: str) -> list[str]:
    """`C4,C1` as a list.

    :raise ValueError: if one of them is no such place.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in POINTS]:
        raise ValueError(f"{unknown[0]!r} is no such place; name some of {', '.join(POINTS)}, with commas")
    return wanted


def arm(names: str, folder: Path) -> None:
    """Watch these places, and no others, from now on; `folder` is where their fuses may appear."""
    _fuses.clear()
    _fuses.update({name: fuse(folder, name) for name in parse(names)})


def fuse(folder: Path, name: str) -> Path:
    """The file that makes the next one die who comes to this place."""
    return folder / f"crash-at-{name}"


def reached(name: str) -> None:
    """Say that this process has come to a place; it may not return."""
    if name in _fuses:
        _die_if_lit(_fuses[name])


def _die_if_lit(path: Path) -> None:
    try:
        path.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
