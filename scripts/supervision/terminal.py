"""What the launcher says to the person at the terminal."""

import contextlib
import os
from typing import IO

STDOUT, STDERR = 1, 2
# supervisord says this of every stop, even of one that was asked for.
EXPECTED = (b"received SIGTERM indicating exit request",)


def say(text: str, *, to: int = STDOUT) -> None:
    """One line, at once. A terminal that has gone away must not keep a clean stop from ending."""
    with contextlib.suppress(OSError):
        os.write(to, f"{text}\n".encode())


def copy_lines(source: IO[bytes]) -> None:
    """Copy the programs' output to the terminal until it ends; reading goes on even if nobody can be written to."""
    for line in source:
        if any(line.rstrip().endswith(text) for text in EXPECTED):
            continue
        with contextlib.suppress(OSError):
            os.write(STDOUT, line)
