"""How a video comes in with its upload: its record is there from the first byte, its run is promised with the last.

What is written here is in one transaction with what the upload's row notes, so that neither is ever there alone.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from errors import Conflict, InvalidInput, NotFound, Unavailable
from extensions import db, db_now, transaction
from models import Upload, Video
from services import upload_notes
from services.jobs.submit import MAX_TRIES, Promise
from services.library import text
from services.renders.targets import ID, ID_ALLOWED
from services.videos import runs, states
from services.videos.ends import GIVEN_UP, INCOMPLETE

TENANT_MAX_CHARS = 64
SHA256 = re.compile(r"[0-9a-f]{64}")
# Where a video may be when the last piece of its upload comes: a run may have given it up meanwhile.
BEFORE_ITS_FILE = (states.UPLOADING, states.PENDING, states.FAILED)
GIVEN_UP_TEXT = "Its upload was given up before all of it was here: delete it, and send the file again."


def checked(details: Mapping[str, Any]) -> dict[str, str | None]:
    """`{id, name, tenant_id, sha256}` as they are kept; an id is made up where none is given.

    :raise InvalidInput: naming what is not acceptable. :raise Conflict: if the id is taken.
    """
    return {
        "id": _free_id(str(details.get("id") or "")),
        "name": _short(details.get("name") or details.get("title"), "name", text.NAME_MAX_CHARS) or "",
        "tenant_id": _short(details.get("tenant_id"), "tenant_id", TENANT_MAX_CHARS),
        "sha256": _checksum(str(details.get("sha256") or "")),
    }


def _free_id(wanted: str) -> str:
    if not wanted:
        return str(ULID())
    if not ID.fullmatch(wanted):
        raise InvalidInput(f"The id {wanted[:60]!r} cannot be taken: {ID_ALLOWED}.", details={"id": ID_ALLOWED})
    is_taken = db.session.scalar(select(exists().where(Video.id == wanted)))
    db.session.rollback()
    if is_taken:
        raise _taken(wanted)
    return wanted


def _taken(video_id: str) -> Conflict:
    return Conflict(f"There is a video {video_id!r} already: choose another id.", code="video_exists")


def _short(said: Any, field: str, max_chars: int) -> str | None:
    cleaned = text.clean(str(said or ""), field=field, max_chars=max_chars + 1)
    if len(cleaned) > max_chars:
        allowed = f"at most {max_chars} characters"
        raise InvalidInput(f"That {field} is too long: {allowed}.", details={field: allowed})
    return cleaned or None


def _checksum(said: str) -> str | None:
    given = said.strip().lower()
    if given and not SHA256.fullmatch(given):
        allowed = "the SHA-256 of the whole file, as 64 hexadecimal digits"
        raise InvalidInput(f"The checksum cannot be read: it is {allowed}.", details={"sha256": allowed})
    return given or None


def enlist(session: Session, upload: Upload, status: str = states.UPLOADING) -> None:
    """Write the record of a video whose file comes by that upload; its details are `checked`.

    :raise Conflict: if somebody else has taken the id at this moment.
    """
    details = upload.details
    values = {
        "id": details["id"],
        "owner_id": upload.owner_id,
        "tenant_id": details["tenant_id"] or str(upload.owner_id),
        "name": details["name"] or upload.file_name,
        "status": status,
        "upload_id": upload.id,
        "file_name": upload.file_name,
        "sha256": details["sha256"],
        "size_bytes": upload.size_bytes,
        "created_at": db_now(),
        "updated_at": db_now(),
    }
    try:
        session.execute(insert(Video).values(values))
    except IntegrityError as e:
        raise _taken(details["id"]) from e


def make(upload: Upload) -> str:
    """All of it is here: the upload notes its video, and the video's run is promised; the video's id.

    :raise Conflict: if that was done already, or the upload was given up. :raise NotFound: if the video was deleted.
    """
    upload_id = upload.id
    for _ in range(MAX_TRIES):
        try:
            with transaction() as session:
                video_id, promised = _handed_over(session, upload_id)
        except IntegrityError:  # a run of it is promised at this moment
            continue
        if promised is not None:
            runs.ring(promised, video_id, by="its upload")
        return video_id
    raise Unavailable("The video's processing could not be promised just now; send the last piece again.")


def _handed_over(session: Session, upload_id: str) -> tuple[str, Promise | None]:
    """No promise where a run is live: that finds the file whole now, or its end does."""
    video_id = session.scalar(select(Video.id).where(Video.upload_id == upload_id).with_for_update())
    if video_id is None:
        raise NotFound("The video of this upload has been deleted.", code="no_such_video")
    upload_notes.note_made(session, upload_id, video_id)
    return video_id, runs.promise_within(session, video_id, BEFORE_ITS_FILE)


def resumed(upload_id: str) -> None:
    """A piece comes: a video that was given up since its upload stood still is on its way again."""
    given_up = (Video.upload_id == upload_id, Video.status == states.FAILED, Video.problem == INCOMPLETE)
    is_given_up = db.session.scalar(select(exists().where(*given_up)))
    db.session.rollback()
    if is_given_up:
        back = {"status": states.UPLOADING, "failures": 0, "updated_at": db_now(), **runs.NO_PROBLEM}
        with transaction() as session:
            session.execute(update(Video).where(*given_up).values(back))


def forgotten(session: Session, upload_id: str) -> None:
    """The upload is given up, and no piece of it can come any more; whoever was told to go on with it is told so."""
    waited_for = or_(Video.status == states.UPLOADING, and_(Video.status == states.FAILED, Video.problem == INCOMPLETE))
    values = {"status": states.FAILED, "problem": GIVEN_UP, "problem_text": GIVEN_UP_TEXT, "updated_at": db_now()}
    session.execute(update(Video).where(Video.upload_id == upload_id, waited_for).values(values))


def undone(session: Session, upload_id: str) -> None:
    """The upload should not have begun, so neither should its video."""
    session.execute(delete(Video).where(Video.upload_id == upload_id, Video.status == states.UPLOADING))
