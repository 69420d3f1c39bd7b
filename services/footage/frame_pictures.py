"""The pictures of a record's frames: in the storage under fixed names, or made anew from its file."""

import shutil
from pathlib import Path

from services.footage import files
from services.footage.context import Context
from services.media import stored
from services.media.pictures import pictures_of

# Large enough for small print, and for a screen of twice the usual density.
LONGER_PX = 960
JPEG_QUALITY = 85


def make(media_key: str, at_seconds: float, target: Path, context: Context) -> None:
    """Write the JPEG `target`: what is on screen at that moment.

    :raise MediaError: if there is no picture that can be read.
    :raise StepProblem: if the file is not in the storage any more.
    """
    with (
        files.lost_for_good(),
        stored.storage().readable(media_key) as recording,
        pictures_of(recording, context.checkpoint) as pictures,
    ):
        pictures.at(at_seconds, longer_px=LONGER_PX).save(target, "JPEG", quality=JPEG_QUALITY)


def bring(footage_id: str, position: int, media_key: str, at_seconds: float, target: Path, context: Context) -> None:
    """Write the picture of a frame to `target`: the stored one, or a new one while there is none.

    :raise MediaError, StepProblem: as `make`.
    """
    storage, key = stored.storage(), files.frame_key(footage_id, position)
    if not storage.exists(key):
        make(media_key, at_seconds, target, context)
        return
    with storage.local_copy(key, within=target.parent) as kept:
        shutil.copyfile(kept, target)
