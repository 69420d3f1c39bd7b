"""Tiny real recordings, made by the ffmpeg that Backbeat itself uses."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10")
TONE = ("-f", "lavfi", "-i", "sine=frequency=300")
CODECS = {".webm": ("libvpx", "libvorbis"), ".avi": ("mpeg4", "libmp3lame")}


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([get_ffmpeg_exe(), "-y", "-v", "error", *map(str, arguments)], check=True)


def recording(path: Path, *more: str, seconds: float = 4.0) -> Path:
    """A picture that moves and a tone; the kind is by the file's name."""
    video, audio = CODECS.get(path.suffix, ("libx264", "aac"))
    ffmpeg(*PICTURE, *TONE, "-t", str(seconds), "-c:v", video, "-b:v", "150k", "-c:a", audio, *more, path)
    return path


def without_sound(path: Path) -> Path:
    ffmpeg(*PICTURE, "-t", "2", path)
    return path


def only_sound(path: Path) -> Path:
    ffmpeg(*TONE, "-t", "2", path)
    return path


def cut_off(path: Path, share: float = 0.5) -> Path:
    """The first part of a file, as if its transfer had been broken off."""
    target = path.with_name(f"cut-{path.name}")
    target.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return target
