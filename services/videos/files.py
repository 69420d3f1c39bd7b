"""Where the files of a video lie in the storage: always under the same names, so that writing twice is harmless."""

from pathlib import Path

from extensions import current_settings
from services.media import stored

FOLDER = "videos/"
# What its processing makes of the file that came in.
POSTER, PREVIEW, WEB = "poster.jpg", "preview.mp4", "web.mp4"


def key_of(video_id: str, name: str) -> str:
    return f"{FOLDER}{video_id}/{name}"


def source_key(video_id: str, file_name: str | None) -> str:
    """Where what came in lies; of its own name only a known end is kept."""
    return key_of(video_id, stored.source_name(file_name or ""))


def keys_of(video_id: str) -> list[str]:
    """All that there is of a video. :raise StorageAway: if the storage cannot be asked."""
    return stored.storage().list(key_of(video_id, ""))


def left_of(video_id: str) -> list[str]:
    """What there still is of a video that is gone."""
    return stored.left_of(key_of(video_id, ""))


def sent_file(upload_id: str) -> Path:
    """Where the bytes lie that were sent, until they are in the storage."""
    return current_settings().uploads_dir / upload_id
