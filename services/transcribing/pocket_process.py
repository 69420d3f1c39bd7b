"""PocketSphinx in a process of its own: a call of it holds the interpreter for up to ten seconds, in which whoever
called it could neither renew a lease nor be stopped."""

import json
import os
import selectors
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, cast

from errors import TransientError
from services.media.ffmpeg import LIFELINE

PROGRAM = Path(__file__).with_name("pocket_program.py")
LENGTH = struct.Struct("!I")  # of the sound that follows, in bytes
# How often a checkpoint is reached while the decoder listens.
CHECK_SECONDS = 0.5

Checkpoint = Callable[[], None]


class DecodedWord(NamedTuple):
    """A word as the dictionary spells it; frames are hundredths of a second, the confidence runs from 0 to 1."""

    text: str
    start_frame: int
    end_frame: int
    confidence: float


class Decoder:
    """The program, which loads its model when it is first asked, and ends with the block that it was given in."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def words(self, sound: bytes, checkpoint: Checkpoint) -> list[DecodedWord]:
        """What is said in a stretch of sound (16 kHz, 16 bits); whatever `checkpoint` raises passes on.

        :raise TransientError: if the program has ended, as for want of memory.
        """
        self._process = self._process or _started()
        asking, answering = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        with suppress(BrokenPipeError):  # told by what it answers: nothing
            asking.write(LENGTH.pack(len(sound)) + sound)
            asking.flush()
        _wait(answering.fileno(), checkpoint)
        answer = answering.readline()
        if not answer.endswith(b"\n"):
            raise TransientError("The program that listens has ended by itself, perhaps for want of memory; try again.")
        return [DecodedWord(*word) for word in json.loads(answer)]

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            with suppress(BrokenPipeError):
                self._process.communicate()


@contextmanager
def decoder() -> Iterator[Decoder]:
    """A decoder that has ended when the block does."""
    opened = Decoder()
    try:
        yield opened
    finally:
        opened.close()


def _started() -> subprocess.Popen[bytes]:
    """The program, which does not outlive this process, nor the thread that starts it."""
    lifeline = [sys.executable, "-I", "-S", str(LIFELINE), "--parent", str(os.getpid()), "--"]
    command = [*lifeline, sys.executable, "-I", str(PROGRAM)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - no shell reads it


def _wait(descriptor: int, checkpoint: Checkpoint) -> None:
    """Until there is something to read, with a checkpoint at least twice a second."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while not selector.select(CHECK_SECONDS):
            checkpoint()
