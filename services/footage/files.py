"""Where the files of footage lie in the storage: always under the same names, so that writing twice is harmless."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import NotFound
from extensions import db
from models import Footage
from services.footage.context import Context
from services.footage.problems import StepProblem
from services.footage.reads import no_such_footage
from services.media import stored
from services.media.scratch import scratch_of

LOST = "The recording is not in the storage any more: delete this record, and add the file again."
POSTER, SHEET = "poster.jpg", "sheet.jpg"


def key_of(footage_id: str, name: str) -> str:
    return f"footage/{footage_id}/{name}"


def source_key(footage_id: str, file_name: str) -> str:
    """Where what came in lies; of its own name only a known end is kept."""
    return key_of(footage_id, stored.source_name(file_name))


def frame_key(footage_id: str, position: int) -> str:
    """Where the picture of a frame lies; positions count from 1."""
    return key_of(footage_id, f"frames/{position:04d}.jpg")


def keys_of(footage_id: str) -> list[str]:
    """All that there is of a record. :raise StorageAway: if the storage cannot be asked."""
    return stored.storage().list(key_of(footage_id, ""))


def left_of(footage_id: str) -> list[str]:
    """What there still is of a record that is gone."""
    return stored.left_of(key_of(footage_id, ""))


@contextmanager
def recording(context: Context, media_key: str) -> Iterator[tuple[Path, Path]]:
    """(a path of the recording that is only for reading, an empty folder of this work's own).

    :raise StepProblem: if the recording is not in the storage any more.
    """
    with scratch_of(context.work_id) as folder, lost_for_good(), stored.storage().local_copy(media_key, folder) as path:
        yield path, folder


@contextmanager
def lost_for_good() -> Iterator[None]:
    """:raise StepProblem: if the recording is not in the storage any more."""
    try:
        yield
    except NotFound as e:
        if e.code != "file_not_found":
            raise
        raise StepProblem(LOST, code="file_lost", is_final=True) from e


def keep(context: Context, footage_id: str, key: str, path: Path) -> None:
    """Put a file into the storage that a step has made; it goes again if the record has been deleted meanwhile."""
    stored.storage().put(key, path, may_link=True)
    forget_if_deleted(context, footage_id, key)


def forget_if_deleted(context: Context, footage_id: str, key: str) -> None:
    """Remove what was just stored of a record that is gone: nobody else would.

    :raise NotFound: if it is gone, or whatever `saving` raises where the work is not ours any more.
    """
    is_gone = False
    try:
        with context.saving():
            pass
    finally:
        is_gone = db.session.get(Footage, footage_id, populate_existing=True) is None
        db.session.rollback()
        if is_gone:
            stored.forget([key])
    if is_gone:
        raise no_such_footage(footage_id)
