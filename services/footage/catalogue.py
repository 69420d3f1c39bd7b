"""The footage that there is: taken in, described by people, and deleted with its files.

A file is not fetched at once: `source` remembers where it is, and the first step brings it in, so that it is tried
again like anything else.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, insert, null, or_, select, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from errors import Conflict, InvalidInput
from extensions import current_settings, db, db_now, transaction
from models import Footage, Frame, Job
from models import Upload as UploadRow
from services import upload_notes
from services.footage import files, moves, numbering, states
from services.footage.listing import counts as counts
from services.footage.listing import page as page
from services.footage.moves import Cause
from services.footage.reads import FOOTAGE, FRAME, get_footage, no_such_footage
from services.footage.said import Said as Said
from services.footage.said import checked as checked_words
from services.jobs import operations
from services.jobs import states as job_states
from services.media import sources, stored
from services.uploads import Upload

NAMELESS = "footage"
UPLOAD_PREFIX = "upload:"
SOURCE_MAX_CHARS = 1000
MAX_TRIES = 3
NOTHING_SAID = Said()


def add_upload(owner_id: int, upload: Upload, *, said: Said = NOTHING_SAID) -> str:
    """Take in a file that was sent with one request; its id.

    :raise InvalidInput: naming the field that is not acceptable.
    """
    if not upload.filename:
        raise InvalidInput("No file was sent.", details={"file": "one file, in the form field “file”"})
    said, name = said.checked(), str(ULID())
    path = current_settings().uploads_dir / name
    try:
        upload.save(path)
        return _insert(owner_id, f"{UPLOAD_PREFIX}{name}", upload.filename, said)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def add_resumed(upload: UploadRow, *, said: Said = NOTHING_SAID) -> str:
    """Take in a file that came in pieces, in one transaction with the upload's note of it; its id.

    :raise Conflict: if something was made of the upload already, or it was given up.
    """
    source = f"{UPLOAD_PREFIX}{upload.id}"
    return _insert(upload.owner_id, source, upload.file_name, said.checked(), upload_id=upload.id)


def add_path(owner_id: int, path: str, *, anywhere: bool, said: Said = NOTHING_SAID) -> str:
    """Take in a copy of a file of this machine; its id.

    :raise InvalidInput: as `sources.checked_path`. :raise Conflict: if it is footage already: `details["id"]`.
    """
    found = sources.checked_path(path, current_settings(), anywhere=anywhere)
    return _insert(owner_id, _refuse_long(str(found), "path"), found.name, said.checked())


def add_url(owner_id: int, url: str, *, said: Said = NOTHING_SAID) -> str:
    """Take in what an address has; its id.

    :raise InvalidInput: if it is none that may be asked. :raise Conflict: if it is footage already: `details["id"]`.
    """
    url = sources.checked_url(url.strip(), current_settings())
    return _insert(owner_id, _refuse_long(url, "url"), sources.name_in_url(url), said.checked())


def _refuse_long(source: str, field: str) -> str:
    if len(source) > SOURCE_MAX_CHARS:
        allowed = f"at most {SOURCE_MAX_CHARS:,} characters"
        raise InvalidInput(f"That {field} is too long: {allowed}.", details={field: allowed})
    return source


def _insert(owner_id: int, source: str, file_name: str, said: Said, *, upload_id: str | None = None) -> str:
    for attempt in range(MAX_TRIES):
        try:
            with transaction() as session:
                footage_id = _insert_row(session, owner_id, source, file_name, said)
                if upload_id is not None:
                    upload_notes.note_made(session, upload_id, footage_id)
            return footage_id
        except IntegrityError:  # the source is there already, or somebody else began to count at this moment
            _refuse_known(owner_id, source)
            if attempt == MAX_TRIES - 1:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _insert_row(session: Session, owner_id: int, source: str, file_name: str, said: Said) -> str:
    footage_id, now = numbering.next_id(session), clock.now()
    values = {
        "id": footage_id,
        "owner_id": owner_id,
        "status": states.PENDING_FILE_INFO,
        "entered_at": db_now(),
        "title": said.title,
        "description": said.description,
        "keywords": list(said.keywords),
        "source_url": said.source_url,
        "metadata_at": db_now() if said.is_anything else None,
        "source": source,
        "file_name": sources.clean_file_name(file_name, nameless=NAMELESS),
        "created_at": now,
        "updated_at": now,
    }
    session.execute(insert(Footage).values(values))
    moves.record(session, footage_id, None, None, states.PENDING_FILE_INFO, Cause(note="Taken in."))
    return footage_id


def _refuse_known(owner_id: int, source: str) -> None:
    known = db.session.execute(
        select(Footage.id, Footage.title, Footage.file_name).where(
            Footage.owner_id == owner_id, Footage.source == source
        )
    ).one_or_none()
    db.session.rollback()
    if known is not None:
        message = f"That is {known.id} already, “{known.title or known.file_name}”."
        raise Conflict(message, code="footage_exists", details={"id": known.id})


def edit(footage_id: str, changes: Mapping[str, Any], by: str) -> Footage:
    """Write what a person says of it: `title`, `description`, `keywords` and `source_url`; those not given stay.

    With `good_enough` the person says that it may go on as it is. A new address has what its page said forgotten.

    :raise NotFound: if there is no such footage. :raise InvalidInput: naming the field that is not acceptable.
    """
    told = dict(changes)
    is_good_enough = bool(told.pop("good_enough", False))
    values = checked_words(told)
    if values or is_good_enough:
        with transaction() as session:
            _write(session, footage_id, values, by if is_good_enough else None)
    return get_footage(footage_id)


def _write(session: Session, footage_id: str, values: dict[str, Any], good_enough_for: str | None) -> None:
    columns = (
        select(Footage.status, Footage.source_url, Footage.judgement)
        .where(Footage.id == footage_id)
        .with_for_update(key_share=True)
    )
    kept = session.execute(columns).one_or_none()
    if kept is None:
        raise no_such_footage(footage_id)
    values = values | {"metadata_at": db_now(), "updated_at": db_now()}
    if values.get("source_url", kept.source_url) != kept.source_url:
        values["scraped"] = null()
        if kept.status == states.CREATING_FRAMES:  # what has failed was to read the other page
            values |= moves.NO_FAILURES
    if good_enough_for is not None:
        said_so = {"is_good": True, "by": good_enough_for, "judged_at": clock.now()}
        values["judgement"] = {"score": None, "reasons": []} | (kept.judgement or {}) | said_so
    session.execute(
        update(Footage).where(Footage.id == footage_id).values(values).execution_options(synchronize_session=False)
    )


def delete(footage_id: str) -> None:
    """Delete a record with its frames and history, cancel what is at work on it, and then remove their files.

    :raise NotFound: if there is no such footage. :raise StorageAway: if its files cannot be listed.
    """
    source, keys = get_footage(footage_id).source or "", files.keys_of(footage_id)
    db.session.rollback()
    _cancel_jobs(footage_id)
    with transaction() as session:
        _hold_all(session, footage_id)
        gone = delete_rows(Footage).where(Footage.id == footage_id).returning(Footage.id)
        if session.scalar(gone.execution_options(synchronize_session=False)) is None:
            raise no_such_footage(footage_id)
    stored.forget({*keys, *files.left_of(footage_id)})
    sent = sent_file(source)
    if sent is not None:
        sent.unlink(missing_ok=True)


def _hold_all(session: Session, footage_id: str) -> None:
    """Wait for whoever moves the record or a frame of it.

    Who moves a frame holds that, and then refers to the record in the history: were the record deleted first, each
    would wait for the other.
    """
    session.execute(select(Footage.id).where(Footage.id == footage_id).with_for_update(key_share=True))
    frames = select(Frame.id).where(Frame.footage_id == footage_id).order_by(Frame.id)
    session.execute(frames.with_for_update())


def sent_file(source: str) -> Path | None:
    """Where the bytes lie that were sent; None where they were not sent to us."""
    if not source.startswith(UPLOAD_PREFIX):
        return None
    return current_settings().uploads_dir / source.removeprefix(UPLOAD_PREFIX)


def _cancel_jobs(footage_id: str) -> None:
    frames = select(cast(Frame.id, String)).where(Frame.footage_id == footage_id)
    on_record = (Job.target_type == FOOTAGE) & (Job.target_id == footage_id)
    on_frames = (Job.target_type == FRAME) & Job.target_id.in_(frames)
    live = select(Job.id).where(or_(on_record, on_frames), Job.status.in_(job_states.LIVE))
    ids = db.session.scalars(live).all()
    db.session.rollback()
    for job_id in ids:
        try:
            operations.cancel(job_id)
        except Conflict:  # it has ended since
            db.session.rollback()
