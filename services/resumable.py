"""Uploads that come in as many pieces as it takes, and go on where they broke off.

An upload's bytes lie in `DATA_DIR/uploads` under its id, and how many have come is what that file's size says: it is
right whenever a connection, a process or the machine fails. A lock on the file has those who write to it take turns.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from ulid import ULID

import clock
import crashpoints
from errors import Conflict, NotFound
from extensions import current_settings, db, transaction
from models import Episode, Job, Upload
from services.episodes import arrivals, catalogue
from services.importing.kinds import MEBIBYTE
from services.media import sources
from services.upload_checksums import Checksum, Hashed
from services.upload_files import Source, TooLarge, locked, refuse_without_room, write_piece
from services.upload_news import Telling
from services.upload_purposes import EPISODE, purpose_named
from services.videos import arriving

KEPT_SECONDS = 3 * 86_400.0  # since its last piece


class WrongOffset(Conflict):
    """The piece does not begin where the bytes that are here end."""

    code = "wrong_offset"


def begin(
    owner_id: int, *, file_name: str, size_bytes: int, details: Mapping[str, Any], purpose: str = EPISODE
) -> Upload:
    """A new upload of so many bytes; `details` is what is said of what it will become, and refused at once if it must.

    :raise TooLarge, NoRoom: if that is too much. :raise InvalidInput, Conflict: if what is said cannot be had.
    """
    most = current_settings().max_media_mb * MEBIBYTE
    if size_bytes > most:
        raise TooLarge(f"The file is too large: at most {most // MEBIBYTE:,} MB are taken (MAX_MEDIA_MB).")
    refuse_without_room(size_bytes)
    details = purpose_named(purpose).checked(details)
    now = clock.now()
    upload = Upload(
        id=str(ULID()),
        owner_id=owner_id,
        purpose=purpose,
        file_name=sources.clean_file_name(file_name, nameless=purpose),
        size_bytes=size_bytes,
        details=details,
        created_at=now,
        updated_at=now,
    )
    path_of(upload.id).touch(exist_ok=False)
    try:
        with transaction() as session:
            session.add(upload)
            session.flush()
            purpose_named(purpose).begun(session, upload)
    except BaseException:
        path_of(upload.id).unlink()
        raise
    return upload


def get_upload(upload_id: str) -> Upload:
    """:raise NotFound: if there is none, or not any more."""
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None:
        raise no_such_upload(upload_id)
    return upload


def no_such_upload(upload_id: str) -> NotFound:
    return NotFound(f"There is no upload {upload_id[:60]!r}.", code="no_such_upload")


def path_of(upload_id: str) -> Path:
    return current_settings().uploads_dir / upload_id


def offset_of(upload: Upload) -> int:
    """How many bytes have come."""
    if upload.made_id is not None:
        return upload.size_bytes
    try:
        return path_of(upload.id).stat().st_size
    except FileNotFoundError:
        raise no_such_upload(upload.id) from None


def expires_at(upload: Upload) -> float:
    return upload.updated_at + KEPT_SECONDS


def append(upload_id: str, offset: int, source: Source, checksum: Checksum | None = None) -> Upload:
    """Write a piece that begins at `offset`; what came before a failure stays, unless it is one with a `checksum`.

    The last makes of it what it is for.

    :raise WrongOffset: with the right one as `details["offset"]`. :raise Locked: if somebody else is at it.
    :raise TooLarge: if more comes than was spoken of. :raise NoRoom: if the disk is full.
    :raise ChecksumMismatch: if the piece comes to another.
    """
    upload = get_upload(upload_id)
    size, is_made, purpose = upload.size_bytes, upload.made_id is not None, purpose_named(upload.purpose)
    db.session.rollback()  # a piece may take long, and the database ends a transaction that stands still
    if is_made:
        _refuse_other_offset(size, offset)
        _finish_again(upload_id)
        return get_upload(upload_id)
    with locked(path_of(upload_id)) as file:
        _refuse_other_offset(os.fstat(file).st_size, offset)
        if not _note_news(upload_id):  # forgotten while this one waited for the lock
            raise no_such_upload(upload_id)
        purpose.resumed(upload_id)
        coming = Telling(source, lambda: _note_news(upload_id))
        try:
            is_whole = _write(file, coming, offset, size, checksum) == size
        finally:
            _note_news(upload_id)
        if is_whole:
            crashpoints.reached("U1")
            finish(upload_id)
    return get_upload(upload_id)


def _refuse_other_offset(right: int, offset: int) -> None:
    if right != offset:
        message = f"{right:,} bytes are here, so the next piece begins at {right}; this one begins at {offset}."
        raise WrongOffset(message, details={"offset": right})


def _write(file: int, source: Source, offset: int, size: int, checksum: Checksum | None) -> int:
    """How many bytes there are after it; a piece that should be checked and cannot be is not kept."""
    if checksum is None:
        return write_piece(file, source, offset, size)
    hashed = Hashed(source, checksum)
    try:
        end = write_piece(file, hashed, offset, size)
        hashed.refuse_other()
    except BaseException:
        os.ftruncate(file, offset)
        raise
    return end


def _note_news(upload_id: str) -> bool:
    """Whether the upload is still there."""
    noted = update(Upload).where(Upload.id == upload_id).values(updated_at=clock.now()).returning(Upload.id)
    with transaction() as session:
        return session.scalar(noted.execution_options(synchronize_session=False)) is not None


def finish(upload_id: str) -> None:
    """Make of an upload that is whole what it is for, and have its file taken in; doing it again changes nothing.

    The file of footage is taken in by the pipeline, which has been promised with the record itself.
    """
    db.session.rollback()  # somebody else may have made it while this one waited for the lock
    upload = get_upload(upload_id)
    made_id = upload.made_id or purpose_named(upload.purpose).make(upload)
    if _is_unfinished(upload_id):
        arrivals.take_resumed(made_id, upload_id)


def _finish_again(upload_id: str) -> None:
    """Promise the job that a failure kept from being promised, once an episode was there."""
    if not _is_unfinished(upload_id):
        return
    with locked(path_of(upload_id)):
        finish(upload_id)


def _is_unfinished(upload_id: str) -> bool:
    is_unfinished = bool(db.session.scalar(select(exists().where(Upload.id == upload_id, unfinished()))))
    db.session.rollback()
    return is_unfinished


def unfinished() -> ColumnElement[bool]:
    """Of uploads: nothing was made of it yet, or an episode that waits for a job which was never promised."""
    waits = exists().where(Episode.id == Upload.made_id, Episode.arrival == catalogue.ARRIVING)
    is_promised = exists().where(Job.id == Upload.id)
    # A video may have the id of an episode.
    return or_(Upload.made_id.is_(None), and_(Upload.purpose == EPISODE, waits, ~is_promised))


def end(upload_id: str) -> None:
    """Forget an upload and its bytes.

    :raise Conflict: if something was made of it. :raise Locked: if somebody else writes to it.
    """
    with locked(path_of(upload_id)):
        upload = get_upload(upload_id)
        if upload.made_id is not None:
            raise Conflict(f"The upload has become the {upload.purpose} {upload.made_id!r}.", code="upload_over")
        forget(upload_id)


def forget(upload_id: str, *only_if: ColumnElement[bool]) -> bool:
    """Whether it was there, and as it should be; the caller holds the lock of its file, where there is one."""
    gone = delete(Upload).where(Upload.id == upload_id, *only_if).returning(Upload.id)
    with transaction() as session:
        arriving.forgotten(session, upload_id)
        if session.scalar(gone.execution_options(synchronize_session=False)) is None:
            session.rollback()
            return False
    path_of(upload_id).unlink(missing_ok=True)
    return True


def undo(upload_id: str) -> None:
    """Take an upload back that should not have begun, with what began with it; one that became something stays."""
    unmade = delete(Upload).where(Upload.id == upload_id, Upload.made_id.is_(None))
    with locked(path_of(upload_id)):
        with transaction() as session:
            arriving.undone(session, upload_id)
            session.execute(unmade)
        path_of(upload_id).unlink()
