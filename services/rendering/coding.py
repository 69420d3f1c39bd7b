"""How the files that are made are coded, and what they are like."""

from dataclasses import dataclass
from pathlib import Path

from services.rendering.footage import look_at

# H.264 and AAC are what every browser plays; without what the recording says of its place and maker.
PICTURE_CODING = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-profile:v", "high"]
SOUND_CODING = ["-c:a", "aac", "-b:a", "160k"]
CONTAINER = ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-movflags", "+faststart", "-f", "mp4"]


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file that was made."""

    width: int
    height: int
    duration_seconds: float
    size_bytes: int


def described(path: Path) -> RenderedFile:
    """What a file that was made is like."""
    footage = look_at(path)
    return RenderedFile(footage.size.width, footage.size.height, footage.duration_seconds, path.stat().st_size)
