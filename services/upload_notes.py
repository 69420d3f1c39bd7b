"""What was made of an upload, noted in the transaction that makes it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from errors import Conflict
from models import Upload


def note_made(session: Session, upload_id: str, made_id: str) -> None:
    """:raise Conflict: if something was made of it already, or it was given up."""
    unmade = update(Upload).where(Upload.id == upload_id, Upload.made_id.is_(None)).values(made_id=made_id)
    if session.scalar(unmade.returning(Upload.id)) is None:
        raise Conflict("The upload has been taken in already, or was given up.", code="upload_over")
