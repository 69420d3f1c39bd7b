"""Single pictures of a recording, as they are shown: turned upright, and of square pixels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import av
from av.container import InputContainer
from PIL import Image

from services.media.containers import OPTIONS, is_cover
from services.media.ffmpeg import MediaError
from services.media.info import NO_PICTURE

# How far before a moment is looked again where a seek led behind the last picture.
BACK_SECONDS = (0.0, 2.0, 15.0, float("inf"))
CLOSE_SECONDS = 2.0
Checkpoint = Callable[[], None]


def _nowhere() -> None:
    return None


class Pictures:
    """The pictures of one recording that is open."""

    def __init__(self, container: InputContainer, checkpoint: Checkpoint) -> None:
        self._container = container
        self._checkpoint = checkpoint
        self._stream = next((each for each in container.streams.video if not is_cover(each)), None)
        if self._stream is None:
            raise MediaError(NO_PICTURE)
        self._stream.thread_type = "AUTO"
        self._start_seconds = (container.start_time or 0) / av.time_base
        self._frames: Iterator[Any] = iter(())
        self._shown: Any = None
        self._ahead: Any = None  # was decoded already, but comes after what was asked for

    def at(self, seconds: float, *, longer_px: int) -> Image.Image:
        """What is on screen at that moment, or at the end if that comes earlier, at most so many pixels long or high.

        :raise MediaError: if there is no picture that can be decoded.
        """
        return self.near(seconds, within_seconds=0.0, longer_px=longer_px)[1]

    def near(self, seconds: float, *, within_seconds: float, longer_px: int) -> tuple[float, Image.Image]:
        """(when, what is on screen then): at that moment, or a little earlier where that is quicker to be had.

        :raise MediaError: if there is no picture that can be decoded.
        """
        if not self._is_close_ahead(seconds) or not self._forward(seconds, within_seconds):
            self._look_up(seconds, within_seconds)
        return max(0.0, min(seconds, self._time(self._shown))), self._as_image(self._shown, longer_px)

    def _is_close_ahead(self, seconds: float) -> bool:
        """Whether it is quicker to go on decoding than to look for the key frame before that moment."""
        return self._shown is not None and 0 <= seconds - self._time(self._shown) <= CLOSE_SECONDS

    def _look_up(self, seconds: float, within_seconds: float) -> None:
        for back in BACK_SECONDS:
            self._container.seek(int((self._start_seconds + max(0.0, seconds - back)) * av.time_base))
            self._frames, self._shown, self._ahead = self._decoded(), None, None
            if self._forward(seconds, within_seconds):
                return
        raise MediaError(NO_PICTURE)

    def _forward(self, seconds: float, within_seconds: float) -> bool:
        """Decode up to the last picture before that moment, or the first after it; false if there is none."""
        while self._shown is None or self._time(self._shown) < seconds - within_seconds:
            self._checkpoint()
            following = self._ahead or next(self._frames, None)
            self._ahead = None
            if following is None:
                break
            if self._shown is not None and self._time(following) > seconds:
                self._ahead = following
                break
            self._shown = following
        return self._shown is not None

    def _time(self, frame: Any) -> float:
        """Seconds from the start."""
        return (frame.time or 0.0) - self._start_seconds

    def _decoded(self) -> Iterator[Any]:
        """All that can be decoded from here on; what is damaged is left out."""
        for packet in self._container.demux(self._stream):
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                continue

    def _as_image(self, frame: Any, longer_px: int) -> Image.Image:
        width, height = frame.width * self._pixel_aspect(), frame.height
        scale = min(1.0, longer_px / max(width, height))
        size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
        image: Image.Image = frame.reformat(**size, format="rgb24").to_image()
        return image.rotate(frame.rotation, expand=True) if frame.rotation % 360 else image

    def _pixel_aspect(self) -> float:
        return float(getattr(self._stream, "sample_aspect_ratio", None) or 1)


@contextmanager
def pictures_of(recording: Path | IO[bytes], checkpoint: Checkpoint = _nowhere) -> Iterator[Pictures]:
    """The pictures of a recording: a file, or what can be read and sought in.

    What `checkpoint` raises, which comes with every picture decoded, passes on.

    :raise MediaError: if it cannot be read.
    """
    try:
        opened = str(recording) if isinstance(recording, Path) else recording
        with av.open(opened, "r", options=OPTIONS, metadata_errors="replace") as container:
            yield Pictures(container, checkpoint)
    except av.FFmpegError as e:
        raise MediaError(NO_PICTURE) from e
