"""Speech by espeak-ng, and videos of it by ffmpeg: small, made in a moment, and with words that a test knows."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

FRAMES_PER_SECOND = 25
# Of those that espeak-ng has, the one that the local engine understands best: three words of four.
VOICE = "en-us+klatt4"
PAUSE_SECONDS = 0.5  # of silence after the last word, so that its end is heard


def speech(path: Path, text: str, *, voice: str = VOICE, words_per_minute: int = 150) -> Path:
    """A mono wav, 22,050 Hz, in which `voice` (a language of espeak-ng) reads the text."""
    if shutil.which("espeak-ng") is None:
        pytest.fail("espeak-ng is not on this machine: run `sudo apt-get install espeak-ng`, or `make test`")
    _run(["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-w", str(path), "--", text])
    return path


def spoken_video(
    path: Path,
    text: str,
    *,
    seconds: float | None = None,
    size: tuple[int, int] = (320, 180),
    voice: str = VOICE,
) -> Path:
    """A video (H.264 and AAC where the name ends in .mp4) of a moving test picture in which the text is read.

    It is as long as the speech and half a second, or `seconds`: silence is added, or the rest is cut off.
    """
    wav = speech(path.with_name(f"{path.stem}.speech.wav"), text, voice=voice)
    picture = f"testsrc2=size={size[0]}x{size[1]}:rate={FRAMES_PER_SECOND}"
    sound = f"apad=pad_dur={PAUSE_SECONDS}" if seconds is None else "apad"
    length = ["-shortest"] if seconds is None else ["-t", f"{seconds:.3f}"]
    encoding = ["-preset", "ultrafast", "-pix_fmt", "yuv420p"] if path.suffix in {".mp4", ".mkv", ".mov"} else []
    ffmpeg(["-f", "lavfi", "-i", picture, "-i", str(wav), "-af", sound, *length, *encoding, str(path)])
    wav.unlink()
    return path


def ffmpeg(arguments: Sequence[str]) -> None:
    """Run the ffmpeg that Backbeat brings along."""
    _run([get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", *arguments])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
