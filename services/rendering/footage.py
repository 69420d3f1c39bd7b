"""What a recording is like, as far as cutting it is concerned, and where exactly its frames are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.media.ffmpeg import INPUT_OPTIONS, Checkpoint, MediaError
from services.rendering.shapes import Size

# A start that was rounded to milliseconds still means the frame that it was taken from.
ROUNDING_SECONDS = 0.001
# Containers without an index lead past the keyframe that is needed: then an earlier place is tried, at last the start.
NEVER = float("inf")
LEADS_SECONDS = (0.0, 10.0, 60.0, NEVER)
AV_TIME_BASE = 1_000_000
# Transfer functions of ITU-T H.273 that a screen of the usual range cannot show as they are: PQ and HLG.
HIGH_DYNAMIC_RANGE = {16, 18}


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording: which of its streams are used, and what is seen of it, upright and with square pixels."""

    video_index: int
    audio_index: int | None
    size: Size
    frames_per_second: float
    duration_seconds: float
    is_hdr: bool


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """:raise MediaError: if it cannot be read."""
    try:
        with av.open(str(path), options=INPUT_OPTIONS) as container:
            yield container
    except av.FFmpegError as e:
        raise MediaError(f"{path.name} could not be read: {e.strerror}.") from e


def look_at(path: Path) -> Footage:
    """:raise MediaError: if it has no picture, or cannot be read."""
    with opened(path) as container:
        stream = _video(container, path)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise MediaError(f"{path.name} has a video track, but no picture in it.")
        audio = [one for one in container.streams.audio if one.codec_context is not None]  # that can be decoded
        return Footage(
            video_index=stream.index,
            audio_index=audio[0].index if audio else None,
            size=_as_shown(frame, stream.sample_aspect_ratio or Fraction(1)),
            frames_per_second=float(stream.average_rate or stream.guessed_rate or 25),
            duration_seconds=_duration(container, stream),
            is_hdr=int(frame.color_trc) in HIGH_DYNAMIC_RANGE,
        )


@dataclass(frozen=True, slots=True)
class Start:
    """When the first frame of a passage begins, and from where a decoder must be sent to meet it; in seconds."""

    seconds: float
    seek_seconds: float


def start_at(path: Path, footage: Footage, at_seconds: float, checkpoint: Checkpoint = lambda: None) -> Start:
    """The frame that is on screen at that moment; at a moment before the first frame: that one.

    :raise MediaError: if the moment is after the end.
    """
    for lead in LEADS_SECONDS:
        seek = max(at_seconds - lead, 0.0)
        begins, is_last = _frame_on_screen(path, footage, at_seconds, seek, checkpoint)
        if begins <= at_seconds + ROUNDING_SECONDS or seek == 0:
            break
    shown_until = begins + 1 / footage.frames_per_second
    if begins == NEVER or (is_last and at_seconds >= max(footage.duration_seconds, shown_until)):
        raise MediaError(f"The recording has ended by {at_seconds:.3f} s; choose an earlier start.")
    return Start(begins, seek)


def _frame_on_screen(
    path: Path, footage: Footage, at_seconds: float, seek_seconds: float, checkpoint: Checkpoint
) -> tuple[float, bool]:
    """When that frame begins, and if none follows; of those that the seek reaches, the first if all come later.

    Never, if it reaches none.
    """
    found: float | None = None
    for time in _frame_times(path, footage, seek_seconds):
        checkpoint()
        if time > at_seconds + ROUNDING_SECONDS:
            return (time if found is None else found), False
        found = time
    return (NEVER if found is None else found), True


def _frame_times(path: Path, footage: Footage, seek_seconds: float) -> Iterator[float]:
    """When each frame begins, from the place on that the container takes for that moment."""
    with opened(path) as container:
        stream = next(one for one in container.streams.video if one.index == footage.video_index)
        stream.thread_type = "AUTO"
        begins = (container.start_time or 0) / AV_TIME_BASE
        if seek_seconds > 0:
            container.seek(int((seek_seconds + begins) * AV_TIME_BASE))
        for frame in container.decode(stream):
            if frame.time is not None and not frame.is_corrupt:  # those that a decoder could not meet in time
                yield frame.time - begins


def _video(container: InputContainer, path: Path) -> VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            stream.thread_type = "AUTO"
            return stream
    raise MediaError(f"{path.name} has no video track.")


def _as_shown(frame: VideoFrame, pixel_ratio: Fraction) -> Size:
    width, height = round(frame.width * pixel_ratio), frame.height
    return Size(height, width) if frame.rotation % 180 else Size(width, height)


def _duration(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / AV_TIME_BASE
