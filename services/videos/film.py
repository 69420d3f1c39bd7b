"""What is known of a video's film, and made of it: it goes with the film when another one takes its place."""

from typing import Any

from services.media.info import MediaInfo

FACTS = ("size_bytes", "duration_seconds", "width", "height", "frames_per_second", "video_codec", "audio_codec")
MADE = ("poster_key", "preview_key", "web_key", "processed_at")
CAME = ("media_key", "upload_id", "file_name", "sha256")
# A run of the film before, if there is one, is none of the video's any more: what it makes is written nowhere.
ITS_RUN = ("job_id",)
FORGOTTEN: dict[str, None] = dict.fromkeys((*FACTS, *MADE, *CAME, *ITS_RUN))


def facts_in(info: MediaInfo) -> dict[str, Any]:
    """By the names of columns."""
    return {name: getattr(info, name) for name in FACTS}
