"""The file that an episode's stages work on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Recording:
    """`source` is only for reading; `folder` is empty at the start of a job and gone at its end."""

    episode_id: str
    source: Path
    folder: Path
    duration_seconds: float
