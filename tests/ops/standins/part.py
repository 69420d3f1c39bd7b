"""A part of Backbeat that only says that it is up, and that it stops. `part.py NAME [stubborn]`"""

import os
import signal
import sys
from types import FrameType


def _say(text: str) -> None:
    os.write(1, f"{sys.argv[1]} {text}\n".encode())


def _stop(_number: int, _frame: FrameType | None) -> None:
    _say("stops")
    if "stubborn" not in sys.argv:
        os._exit(0)


signal.signal(signal.SIGTERM, _stop)
_say(f"runs as {os.getpid()}")
while True:
    signal.pause()
