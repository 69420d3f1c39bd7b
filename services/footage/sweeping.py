"""Files of footage that is gone: whoever deletes a record may be killed between removing its rows and its files."""

from collections.abc import Iterator, Sequence

import structlog
from sqlalchemy import select

from clients.storage import StorageAway
from extensions import db
from models import Counter, Footage
from services.footage import files, numbering
from services.media import stored

log = structlog.get_logger(__name__)

BATCH = 200  # numbers


def sweep() -> Iterator[int]:
    """Remove them, batch by batch; how many files each batch had.

    Numbers are given out once, and together with their rows: one that was given out and has no row never gets one.
    """
    last = db.session.scalar(select(Counter.last).where(Counter.name == numbering.NAME)) or 0
    db.session.rollback()
    try:
        for first in range(1, last + 1, BATCH):
            numbers = range(first, min(first + BATCH, last + 1))
            keys = [key for id in _gone([numbering.id_of(number) for number in numbers]) for key in files.keys_of(id)]
            stored.forget(keys)
            yield len(keys)
    except (StorageAway, OSError) as e:  # the next night will do
        log.warning("files_not_swept", error=str(e))


def _gone(ids: Sequence[str]) -> list[str]:
    there = set(db.session.scalars(select(Footage.id).where(Footage.id.in_(ids))))
    db.session.rollback()
    return [id for id in ids if id not in there]
