"""The ffmpeg program: started so that it ends with whoever started it, watched, and stopped when it must be."""

import os
import re
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from ulid import ULID

from errors import BackbeatError, TransientError

LIFELINE = Path(__file__).resolve().parents[2] / "lifeline.py"
# How often a checkpoint is reached while ffmpeg has nothing to say.
CHECK_SECONDS = 0.5
READ_BYTES = 65_536
LINES_KEPT = 400
ERROR_LINES_TOLD = 2
# What encodes must leave the pages and the database room.
NICENESS = 10
# A file from outside may be a playlist in disguise, which would have ffmpeg read other files and addresses: only
# formats that hold their media themselves are opened, and only from files. For PyAV's `options` as well.
INPUT_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,nut,gif,dv,"
    "mp3,wav,w64,flac,aac,aiff,caf,ac3,eac3,amr,h264,hevc,ivf,rm,wtv,au",
}

Progress = Callable[[float], None]
Checkpoint = Callable[[], None]


class MediaError(BackbeatError):
    """A recording could not be read or made; trying again would not help."""

    code = "media_failed"


@cache
def program() -> str:
    """The path of the ffmpeg binary that imageio-ffmpeg ships."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def reading(path: Path) -> list[str]:
    """The arguments that open a file from outside, without letting it lead ffmpeg to other files or addresses."""
    options = [part for name, value in INPUT_OPTIONS.items() for part in (f"-{name}", value)]
    return [*options, "-i", f"file:{path}"]


def run(
    arguments: Sequence[str],
    *,
    duration_seconds: float,
    on_progress: Progress = lambda _: None,
    checkpoint: Checkpoint = lambda: None,
    on_line: Callable[[str], None] | None = None,
) -> list[str]:
    """Run ffmpeg, and return the last lines that it logged, each as `[level] text`.

    `duration_seconds` is how much media it will write; `on_progress` hears shares of it that only grow, the last one
    1.0. `on_line` hears every line as it is logged, for filters that report in them. Whatever `checkpoint` raises
    passes on after ffmpeg was killed.

    :raise MediaError: if ffmpeg says that it cannot; the message is its own last words, without paths.
    :raise TransientError: if it was killed, or the disk is full.
    """
    lines: deque[str] = deque(maxlen=LINES_KEPT)
    shares = _Shares(duration_seconds, on_progress)

    def hear(line: str) -> None:
        lines.append(line)
        if on_line:
            on_line(line)

    with _started(arguments) as process:
        _watch(process, {"stdout": shares.hear, "stderr": hear}, checkpoint)
        exit_code = process.wait()
    if exit_code != 0:
        raise _failure(exit_code, list(lines), arguments)
    shares.report(1.0)
    return list(lines)


def make(
    target: Path,
    arguments: Sequence[str],
    *,
    duration_seconds: float,
    on_progress: Progress = lambda _: None,
    checkpoint: Checkpoint = lambda: None,
) -> None:
    """Run ffmpeg with `target` as the last argument; the file is there whole, or not at all.

    :raise MediaError, TransientError: as `run`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{ULID()}{target.suffix}")
    try:
        output = [*arguments, "-y", f"file:{unfinished}"]
        run(output, duration_seconds=duration_seconds, on_progress=on_progress, checkpoint=checkpoint)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


class _Shares:
    """Turns what `-progress` writes into shares from 0 to 1 that never go back."""

    def __init__(self, duration_seconds: float, on_progress: Progress) -> None:
        self._duration_seconds = max(duration_seconds, 0.001)
        self._on_progress = on_progress
        self._reached = 0.0

    def hear(self, line: str) -> None:
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():  # N/A before the first packet
            self.report(min(int(value) / 1e6 / self._duration_seconds, 1.0))

    def report(self, share: float) -> None:
        if share > self._reached:
            self._reached = share
            self._on_progress(share)


@contextmanager
def _started(arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """ffmpeg, running; it does not outlive this block, nor this process, nor the thread that is in it."""
    lifeline = [sys.executable, "-I", "-S", str(LIFELINE), "--parent", str(os.getpid()), "--"]
    options = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-progress", "pipe:1"]
    command = [*lifeline, program(), *options, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe) as process:  # noqa: S603 - no shell reads it
        try:
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
            yield process
        finally:
            process.kill()


def _watch(
    process: subprocess.Popen[bytes], listeners: dict[str, Callable[[str], None]], checkpoint: Checkpoint
) -> None:
    """Pass on each line of both pipes until they are closed, with a checkpoint at least twice a second."""
    with selectors.DefaultSelector() as selector:
        for name, listener in listeners.items():
            selector.register(getattr(process, name), selectors.EVENT_READ, _Lines(listener))
        while selector.get_map():
            for key, _ in selector.select(CHECK_SECONDS):
                if not key.data.feed(os.read(key.fd, READ_BYTES)):
                    selector.unregister(key.fileobj)
            checkpoint()


class _Lines:
    """Cuts bytes into lines, wherever reads happen to end."""

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener
        self._rest = b""

    def feed(self, data: bytes) -> bool:
        """Pass on the lines that are whole; no data is the end, and then whatever is left. Say if there may be more."""
        *whole, self._rest = re.split(rb"[\r\n]+", self._rest + data) if data else [self._rest, b""]
        for line in filter(None, whole):
            self._listener(line.decode(errors="replace"))
        return bool(data)


def _failure(exit_code: int, lines: list[str], arguments: Sequence[str]) -> BackbeatError:
    if exit_code < 0:
        return TransientError(f"ffmpeg was ended by signal {-exit_code}, perhaps for want of memory; try again.")
    if any("No space left on device" in line for line in lines):
        return TransientError("The disk is full; make room, then try again.")
    return MediaError(f"ffmpeg could not do it: {last_words(lines, arguments)}")


def last_words(lines: Sequence[str], arguments: Sequence[str] = ()) -> str:
    """What ffmpeg gave as its reason, in one line, with the names of files in place of their paths."""
    errors = [line for line in lines if re.search(r"\[(error|fatal|panic)\]", line)] or list(lines)
    plain = [re.sub(r"^(\[[^\]]*\] ?)+", "", line).strip() for line in errors[-ERROR_LINES_TOLD:]]
    said = "; ".join(filter(None, plain)) or "it gave no reason."
    paths = {one.removeprefix("file:") for one in arguments if one.startswith(("file:", "/"))}
    for path in sorted(paths, key=len, reverse=True):
        said = said.replace(f"file:{path}", Path(path).name).replace(path, Path(path).name)
    return re.sub(r"(file:)?(/[^\s/'\":]+)+/", "", said)
