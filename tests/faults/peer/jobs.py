"""What plain RQ is given to do. It imports nothing of the project, so that no job pays for it."""

import os
import time


def append(path: str, item: str, seconds_before: float = 0.0, seconds_after: float = 0.0) -> None:
    """Work, then the effect: one line in a file, in one write; then work on."""
    time.sleep(seconds_before)
    effects = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(effects, f"{item}\n".encode())
    os.close(effects)
    time.sleep(seconds_after)


def fail(message: str) -> None:
    raise RuntimeError(message)


def echo(message: str) -> str:
    return message
