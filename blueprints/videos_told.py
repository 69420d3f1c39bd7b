"""Videos as programs are told of them, with the addresses of their files."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

import clock
from blueprints.schemas.videos import VideoLine, VideoTold
from models import Video
from services.videos import files, runs
from services.videos.reads import get_video
from services.videos.uploading import Arrival, arrivals

_OWN_NAMES = frozenset({"received_bytes", "upload_url", "job_id", "source_url", "web_url", "poster_url", "preview_url"})
_INSTANTS = ("recover_at", "processed_at")


def lines_told(videos: Sequence[Video]) -> list[VideoLine]:
    """Each with its live run, and how much of it has come; in two statements, however many there are."""
    jobs, came = runs.live_runs([video.id for video in videos]), arrivals(videos)
    return [VideoLine(**_line(video, jobs.get(video.id), came.get(video.id))) for video in videos]


def told(video_id: str) -> VideoTold:
    """:raise NotFound: if there is no such video."""
    return VideoTold(**lines_told([get_video(video_id)])[0].model_dump())


def file_address(video: Video, key: str | None) -> str | None:
    """Where a file of the storage is had that is called after the video; None for any other."""
    prefix = files.key_of(video.id, "")
    if key is None or not key.startswith(prefix):
        return None
    return url_for("media.video_file", video_id=video.id, name=key.removeprefix(prefix))


def _upload_address(video: Video) -> str:
    """Where the pieces of its file are sent."""
    return url_for("api_uploads.tell_upload", upload_id=video.upload_id)


def _line(video: Video, job_id: str | None, arrival: Arrival | None) -> dict[str, Any]:
    same = {name: getattr(video, name) for name in VideoLine.model_fields if name not in _OWN_NAMES}
    instants = {name: clock.iso(getattr(video, name)) for name in _INSTANTS}
    return (
        same
        | instants
        | {
            "received_bytes": arrival.come_bytes if arrival else None,
            "upload_url": _upload_address(video) if arrival else None,
            "job_id": job_id,
            "source_url": file_address(video, video.media_key),
            "web_url": file_address(video, video.web_key),
            "poster_url": file_address(video, video.poster_key),
            "preview_url": file_address(video, video.preview_key),
        }
    )
