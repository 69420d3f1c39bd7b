"""Single pictures of a recording, as they are shown: turned upright, and of square pixels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import av
from av.container import InputContainer
from PIL import Image

from services.media.ffmpeg import MediaError
from services.media.probe import NO_PICTURE, OPTIONS, is_cover

# How far before a moment is looked again where a seek led behind the last picture.
BACK_SECONDS = (0.0, 2.0, 15.0, float("inf"))
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

    def at(self, seconds: float, *, longer_px: int) -> Image.Image:
        """What is on screen at that moment, or at the end if that comes earlier, at most so many pixels long or high.

        :raise MediaError: if there is no picture that can be decoded.
        """
        for back in BACK_SECONDS:
            frame = self._shown(seconds, max(0.0, seconds - back))
            if frame is not None:
                return self._as_image(frame, longer_px)
        raise MediaError(NO_PICTURE)

    def _shown(self, seconds: float, from_seconds: float) -> Any:
        """The last picture up to that moment, or the first after it; None if none comes from there on."""
        self._container.seek(int((self._start_seconds + from_seconds) * av.time_base))
        shown = None
        for frame in self._frames():
            self._checkpoint()
            is_later = frame.time is not None and frame.time - self._start_seconds > seconds
            if shown is not None and is_later:
                break
            shown = frame
            if is_later:
                break
        return shown

    def _frames(self) -> Iterator[Any]:
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
