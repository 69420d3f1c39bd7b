"""How far an upload has come, by its file: the row tells of whole pieces only, and a piece may take an hour."""

import os
from dataclasses import dataclass
from pathlib import Path

from errors import TransientError
from services.videos.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Sight:
    """`moved_at` is when the last byte came; None where nothing is on its way any more: all is here, or was given up.

    `bytes_here` is None where there is no file.
    """

    bytes_here: int | None = None
    is_whole: bool = False
    moved_at: float | None = None


NOTHING = Sight()


def look(folder: Path, candidate: Candidate) -> Sight:
    """What lies in the folder of uploads for a video.

    :raise TransientError: if the folder cannot be read just now.
    """
    upload = candidate.upload
    if upload is None:
        return NOTHING
    try:
        found = os.stat(folder / upload.upload_id)
    except FileNotFoundError:  # the pieces may lie on another machine
        return Sight(moved_at=upload.moved_at)
    except OSError as e:
        raise TransientError(f"The folder of uploads cannot be read just now ({e.strerror}).") from e
    if found.st_size >= upload.size_bytes:
        return Sight(found.st_size, is_whole=True)
    return Sight(found.st_size, moved_at=max(upload.moved_at, found.st_mtime))
