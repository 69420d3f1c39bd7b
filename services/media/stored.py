"""Files of media in the storage: of which type they are, and how they are forgotten."""

from collections.abc import Iterable
from pathlib import PurePosixPath

import structlog

from clients.storage import Storage, StorageAway
from extensions import current_settings

log = structlog.get_logger(__name__)

DEFAULT_SUFFIX = ".mp4"
UNKNOWN_TYPE = "application/octet-stream"
# Of recordings, by the ends of their names, as browsers and players know them.
VIDEO_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".ts": "video/mp2t",
    ".mts": "video/mp2t",
    ".m2ts": "video/mp2t",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".flv": "video/x-flv",
    ".ogv": "video/ogg",
    ".wmv": "video/x-ms-wmv",
    ".asf": "video/x-ms-asf",
    ".mxf": "application/mxf",
    ".3gp": "video/3gpp",
}
CONTENT_TYPES = VIDEO_TYPES | {
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


def storage() -> Storage:
    return Storage.of(current_settings())


def content_type(key: str) -> str:
    return CONTENT_TYPES.get(suffix_of(key), UNKNOWN_TYPE)


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def source_name(file_name: str) -> str:
    """What a recording that came in is called; of its own name only a known end is kept."""
    suffix = suffix_of(file_name)
    return f"source{suffix if suffix in VIDEO_TYPES else DEFAULT_SUFFIX}"


def left_of(prefix: str) -> list[str]:
    """The keys that there still are of what is gone; what cannot be listed now is told in the log."""
    try:
        return storage().list(prefix)
    except (StorageAway, OSError) as e:
        log.warning("files_not_listed", prefix=prefix, error=str(e))
        return []


def forget(keys: Iterable[str]) -> None:
    """Remove files whose rows are gone already; what the storage does not remove now stays, and is told in the log."""
    kept = storage()
    for key in keys:
        try:
            kept.delete(key)
        except (StorageAway, OSError) as e:
            log.warning("file_not_removed", key=key, error=str(e))
