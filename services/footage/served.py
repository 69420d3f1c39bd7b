"""The files of footage as they are handed out."""

from sqlalchemy import select

from errors import NotFound
from extensions import db
from models import Footage, Frame
from services.footage import files
from services.footage.reads import get_footage
from services.media.served import Served, served


def of_footage(footage_id: str, name: str) -> Served:
    """A file by its name, such as `source.mp4`, `poster.jpg`, `sheet.jpg` or `frames/0001.jpg`.

    Only what its rows tell of: a step that was stopped may have left others.

    :raise NotFound: if there is no such footage or file.
    """
    footage = get_footage(footage_id)
    key = files.key_of(footage.id, name)
    if not _is_known(footage, key):
        raise NotFound(f"The footage has no file {name[:80]!r}.", code="file_not_found")
    return served(key, f"{footage.title or footage.file_name or footage.id} {name.replace('/', ' ')}")


def _is_known(footage: Footage, key: str) -> bool:
    if key in (footage.media_key, footage.poster_key, footage.sheet_key):
        return True
    of_frame = select(Frame.id).where(Frame.footage_id == footage.id, Frame.thumbnail_key == key)
    return db.session.scalar(of_frame.limit(1)) is not None
