"""How far the files of videos have come, by what lies in the folder of uploads: a row tells of whole pieces only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from extensions import db
from models import Upload, Video
from services.videos import files


@dataclass(frozen=True, slots=True)
class Arrival:
    """How much of an upload has come; `came_at` is when its last byte did."""

    come_bytes: int
    size_bytes: int
    came_at: float


def arrivals(videos: Sequence[Video]) -> Mapping[str, Arrival]:
    """Of those whose upload takes pieces still, whatever their status, by their ids; of an upload that another host
    takes, without its bytes.
    """
    by_upload = {video.upload_id: video.id for video in videos if video.upload_id}
    if not by_upload:
        return {}
    unmade = db.session.scalars(select(Upload).where(Upload.id.in_(by_upload), Upload.made_id.is_(None)))
    return {by_upload[upload.id]: _arrival(upload) for upload in unmade}


def _arrival(upload: Upload) -> Arrival:
    try:
        file = files.sent_file(upload.id).stat()
    except FileNotFoundError:
        return Arrival(0, upload.size_bytes, upload.updated_at)
    return Arrival(file.st_size, upload.size_bytes, max(upload.updated_at, file.st_mtime))
