"""What is in a recording's container: opening one takes ffmpeg's libraries, which `probe` spares whoever opens none."""

from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from services.media.info import (
    NO_PICTURE,
    NO_SOUND,
    NOT_A_VIDEO,
    ONLY_SOUND,
    TRUNCATED,
    UNKNOWN_SOUND,
    ZERO_LENGTH,
    MediaInfo,
    UnusableMedia,
)

# Demuxers of recordings that people have. Others read playlists, which name further files, or take text for a film.
FORMATS = "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,mxf,mp3,wav,flac,aac"
OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
# Where the last packets of a recording must be: what a container says of its length is not exact.
TAIL_SECONDS = 5.0
MISSING_SHARE, MISSING_SECONDS = 0.05, 1.0
FRAMES_TRIED = 50


def look_into(path: Path, size_bytes: int, *, needs_sound: bool) -> MediaInfo:
    """:raise UnusableMedia: as `probe` does."""
    try:
        with av.open(str(path), options=OPTIONS, metadata_errors="replace") as container:
            return _told(container, size_bytes, needs_sound=needs_sound)
    except av.error.EOFError as e:  # nothing follows the heading
        raise UnusableMedia("zero_length", ZERO_LENGTH) from e
    except (av.FFmpegError, UnicodeError) as e:
        raise UnusableMedia("not_a_video", NOT_A_VIDEO) from e


def _told(container: InputContainer, size_bytes: int, *, needs_sound: bool) -> MediaInfo:
    if not container.streams:
        raise UnusableMedia("zero_length", ZERO_LENGTH)
    video = next((stream for stream in container.streams.video if not is_cover(stream)), None)
    if video is None:
        raise UnusableMedia("not_a_video", ONLY_SOUND if container.streams.audio else NOT_A_VIDEO)
    if video.codec_context is None:
        raise UnusableMedia("not_a_video", NO_PICTURE)
    sound = next((stream for stream in container.streams.audio if stream.codec_context is not None), None)
    if sound is None and needs_sound:
        raise UnusableMedia("no_audio_track", UNKNOWN_SOUND if container.streams.audio else NO_SOUND)
    duration = _duration(container)
    width, height = _shown_size(container, video)
    _refuse_cut_off(container, duration)
    rate = video.average_rate or video.guessed_rate
    return MediaInfo(
        duration_seconds=duration,
        width=width,
        height=height,
        frames_per_second=float(rate) if rate else None,
        video_codec=video.codec.canonical_name,
        audio_codec=sound.codec.canonical_name if sound else None,
        size_bytes=size_bytes,
    )


def is_cover(stream: Any) -> bool:
    """Whether it is the picture on a record's sleeve."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _duration(container: InputContainer) -> float:
    """Seconds; what was recorded live does not say, and is read to its end."""
    said = container.duration / av.time_base if container.duration else 0.0
    duration = said if said > 0 else _end_of_packets(container)
    if duration <= 0:
        raise UnusableMedia("zero_length", ZERO_LENGTH)
    return duration


def _end_of_packets(container: InputContainer) -> float:
    """Where the last packet from here on ends, in seconds from the start; 0.0 without any."""
    start = (container.start_time or 0) / av.time_base
    end = 0.0
    for packet in container.demux():
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None and packet.time_base is not None:
            end = max(end, float((at + (packet.duration or 0)) * packet.time_base) - start)
    return end


def _shown_size(container: InputContainer, video: Any) -> tuple[int, int]:
    """(width, height) of the first picture that can be decoded, turned as it will be shown."""
    container.seek(0)
    for tried, packet in enumerate(container.demux(video)):
        for frame in packet.decode():
            is_turned = abs(frame.rotation) % 180 == 90
            return (frame.height, frame.width) if is_turned else (frame.width, frame.height)
        if tried >= FRAMES_TRIED:
            break
    raise UnusableMedia("not_a_video", NO_PICTURE)


def _refuse_cut_off(container: InputContainer, duration: float) -> None:
    """:raise UnusableMedia: if there is nothing where the container says that the end is."""
    start = container.start_time or 0
    container.seek(start + int(max(0.0, duration - TAIL_SECONDS) * av.time_base))
    if duration - _end_of_packets(container) > max(MISSING_SECONDS, MISSING_SHARE * duration):
        raise UnusableMedia("truncated", TRUNCATED)
