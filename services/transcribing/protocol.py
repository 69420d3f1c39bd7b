"""What turns speech into words."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from services.transcribing.results import Part


class Engine(Protocol):
    """A way to transcribe, with its model loaded. `name` has its version or model in it, and at most 60 characters."""

    name: str

    def transcribe(
        self,
        wav_path: Path,
        *,
        start_seconds: float,
        on_progress: Callable[[float], None],
        checkpoint: Callable[[], None],
    ) -> Part:
        """What is said in a piece (mono wav, 16 kHz, 16 bits) that begins at `start_seconds` of the recording.

        `on_progress` hears shares from 0 to 1. Whatever `checkpoint` raises passes on.
        """
        ...
