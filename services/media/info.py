"""What is said of a recording, for those who need not open one themselves: that takes ffmpeg's libraries."""

from dataclasses import dataclass

from errors import BackbeatError


class UnusableMedia(BackbeatError):
    """A file that nothing can be made of; the code says what is the matter, the message what to do."""

    http_status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A recording that can be worked on. Width and height are as it is shown, with its rotation done."""

    duration_seconds: float
    width: int
    height: int
    frames_per_second: float | None
    video_codec: str
    audio_codec: str | None
    size_bytes: int


NOT_A_VIDEO = "This is not a video, or of a kind that cannot be read here. MP4, MOV, MKV, WebM and AVI can be."
ONLY_SOUND = "There is only sound in this file, no picture: it is not a video."
NO_PICTURE = "The picture in this file cannot be decoded: it is damaged, or of a kind that is not known here."
NO_SOUND = "There is no audio track in this video, so there is nothing to be transcribed."
UNKNOWN_SOUND = "The sound in this video is of a kind that is not known here, so there is nothing to be transcribed."
EMPTY = "The file is empty: it has no bytes. Perhaps it was still being copied; send it again."
ZERO_LENGTH = "The video has no length: there is not one moment in it."
TRUNCATED = "The file is cut off: its end is missing. Perhaps it was still being copied or recorded; send all of it."
