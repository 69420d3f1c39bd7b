"""Whether all of a video's file is here, and whether it is what was sent."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from errors import TransientError
from extensions import db
from models import Upload, Video
from services.importing.kinds import MEBIBYTE
from services.media.info import UnusableMedia
from services.media.pictures import Checkpoint
from services.media.shares import Reached
from services.upload_files import Locked, locked
from services.videos import files
from services.videos.ends import FILE_GONE, INCOMPLETE, WRONG_CHECKSUM
from services.videos.reads import no_such_video

NO_PATIENCE_SECONDS = 0.0  # the engine tries again
LOST = "The video's file is not in the storage any more: delete this video, and send the file again."
GONE = "The file that was sent is not kept any more: delete this video, and send the file again."


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a video's file is to be had; `sent_bytes` is how many its upload is to have, None without one."""

    video_id: str
    media_key: str | None
    upload_id: str | None
    file_name: str | None
    sha256: str | None
    sent_bytes: int | None
    is_handed_over: bool


def facts_of(video_id: str) -> Facts:
    """:raise NotFound: if there is no such video."""
    columns = (Video.media_key, Video.upload_id, Video.file_name, Video.sha256, Upload.size_bytes, Upload.made_id)
    found = select(*columns).outerjoin(Upload, Upload.id == Video.upload_id).where(Video.id == video_id)
    row = db.session.execute(found).one_or_none()
    db.session.rollback()
    if row is None:
        raise no_such_video(video_id)
    return Facts(video_id, *row[:-1], is_handed_over=row.made_id is not None)


def whole_file(facts: Facts) -> Path:
    """Where the bytes lie that were sent.

    :raise UnusableMedia: if they are not all here, or not kept any more. :raise TransientError: if some come just now.
    """
    if facts.upload_id is None or facts.sent_bytes is None:
        raise UnusableMedia(FILE_GONE, GONE)
    path = files.sent_file(facts.upload_id)
    came = _bytes_in(path) if facts.is_handed_over else _bytes_at_rest(path)
    if came == facts.sent_bytes:
        return path
    if facts.is_handed_over:
        raise UnusableMedia(FILE_GONE, GONE)
    raise UnusableMedia(INCOMPLETE, _stands_still(came, facts.sent_bytes))


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _bytes_at_rest(path: Path) -> int:
    """How many bytes there are while nobody writes: a piece that does not come to its checksum is taken back."""
    if not path.is_file():
        return 0
    try:
        with locked(path, NO_PATIENCE_SECONDS):
            return _bytes_in(path)
    except Locked as e:
        raise TransientError("A piece of the video's file is coming just now; it is looked at again.") from e


def _stands_still(came: int, of: int) -> str:
    return (
        f"The upload was never completed: {came:,} of {of:,} bytes came, and then no more. "
        "Go on with it, and the video goes on too; or delete it, and send the file again."
    )


def refuse_other_bytes(path: Path, sha256: str, reached: Reached, checkpoint: Checkpoint) -> None:
    """:raise UnusableMedia: if the file's SHA-256 is another."""
    digest, size, done = hashlib.sha256(), max(1, path.stat().st_size), 0
    with path.open("rb") as file:
        while chunk := file.read(MEBIBYTE):
            digest.update(chunk)
            done += len(chunk)
            reached(done / size)
            checkpoint()
    if digest.hexdigest() != sha256:
        raise UnusableMedia(
            WRONG_CHECKSUM,
            f"The file has come otherwise than it was sent: its SHA-256 is {digest.hexdigest()}, and {sha256} was "
            "said. Delete this video, and send the file again.",
        )


def note_whole(facts: Facts) -> None:
    """The upload has become its video, if whoever had its last piece did not come to note that.

    In the transaction that is open.
    """
    unmade = (Upload.id == facts.upload_id, Upload.made_id.is_(None))
    db.session.execute(update(Upload).where(*unmade).values(made_id=facts.video_id))
