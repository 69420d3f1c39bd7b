"""The videos that there are: begun with an upload, sent whole, found, and deleted with their files."""

from pathlib import Path

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from ulid import ULID

import clock
from errors import Conflict, InvalidInput, Unavailable
from extensions import current_settings, db, transaction
from models import Upload, Video
from services import resumable
from services.jobs import operations
from services.jobs.submit import Promise
from services.media import sources, stored
from services.upload_purposes import VIDEO
from services.uploads import Upload as SentFile
from services.videos import arriving, files, runs, states
from services.videos.listing import VideoPage as VideoPage
from services.videos.listing import counts as counts
from services.videos.listing import page as page
from services.videos.reads import get_video as get_video
from services.videos.reads import no_such_video
from services.videos.runs import Run


def create(
    owner_id: int,
    *,
    name: str = "",
    tenant_id: str | None = None,
    video_id: str | None = None,
    file_name: str,
    size_bytes: int,
    sha256: str | None = None,
) -> Video:
    """A video whose file is to come by the upload that its `upload_id` names; both are kept, or neither is.

    `tenant_id` is the owner's id where none is given.

    :raise InvalidInput, TooLarge, NoRoom: if it cannot be taken. :raise Conflict: if the id is taken.
    """
    details = {"id": video_id, "name": name, "tenant_id": tenant_id, "sha256": sha256}
    upload = resumable.begin(owner_id, file_name=file_name, size_bytes=size_bytes, details=details, purpose=VIDEO)
    return get_video(upload.details["id"])


def create_from_file(
    owner_id: int, sent: SentFile, *, name: str = "", tenant_id: str | None = None, sha256: str | None = None
) -> tuple[Video, Run]:
    """A video of a file that came whole with one request, and its run.

    :raise InvalidInput: naming the field that is not acceptable.
    """
    if not sent.filename:
        raise InvalidInput("No file was sent.", details={"file": "one file, in the form field “file”"})
    details = arriving.checked({"name": name, "tenant_id": tenant_id, "sha256": sha256})
    upload_id = str(ULID())
    path = current_settings().uploads_dir / upload_id
    try:
        sent.save(path)
        promised = _kept_whole(_whole(owner_id, upload_id, sent.filename, path, details))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    runs.ring(promised, str(details["id"]), by="its upload")
    return get_video(str(details["id"])), Run(promised.job_id, already_running=False)


def _whole(owner_id: int, upload_id: str, file_name: str, path: Path, details: dict[str, str | None]) -> Upload:
    """An upload that has no need of pieces."""
    now = clock.now()
    return Upload(
        id=upload_id,
        owner_id=owner_id,
        purpose=VIDEO,
        file_name=sources.clean_file_name(file_name, nameless=VIDEO),
        size_bytes=path.stat().st_size,
        details=details,
        made_id=details["id"],
        created_at=now,
        updated_at=now,
    )


def _kept_whole(upload: Upload) -> Promise:
    """The record and its run: both are kept, or neither is."""
    video_id = upload.details["id"]
    with transaction() as session:
        session.add(upload)
        session.flush()
        arriving.enlist(session, upload, states.PENDING)
        promised = runs.promise_within(session, video_id, (states.PENDING,))
        if promised is None:
            raise Unavailable("The video's processing could not be promised just now; send it again.")
    return promised


def delete(video_id: str) -> None:
    """Delete a video, stop what is at work on it, and then remove its files and what has come of its upload.

    :raise NotFound: if there is no such video. :raise StorageAway: if its files cannot be listed.
    """
    upload_id, keys = get_video(video_id).upload_id, files.keys_of(video_id)
    _cancel_run(video_id)
    with transaction() as session:
        session.execute(select(Video.id).where(Video.id == video_id).with_for_update())
        gone = delete_rows(Video).where(Video.id == video_id).returning(Video.id)
        if session.scalar(gone.execution_options(synchronize_session=False)) is None:
            raise no_such_video(video_id)
        session.execute(delete_rows(Upload).where(Upload.id == upload_id))
    stored.forget({*keys, *files.left_of(video_id)})
    if upload_id is not None:
        files.sent_file(upload_id).unlink(missing_ok=True)


def _cancel_run(video_id: str) -> None:
    live_id = runs.live_run(video_id)
    if live_id is None:
        return
    try:
        operations.cancel(live_id)
    except Conflict:  # it has ended since
        db.session.rollback()
