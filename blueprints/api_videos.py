"""Videos: begun with an upload or sent whole, listed, processed again, deleted."""

from flask import Blueprint, request, url_for

from blueprints.actor import current_actor, current_identity, current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import VIDEOS, Answer, Headers, operation
from blueprints.parsing import MULTIPART
from blueprints.schemas.videos import (
    NewVideo,
    VideoForm,
    VideoGone,
    VideoPage,
    VideoQuery,
    VideoRun,
    VideoTold,
)
from blueprints.videos_told import lines_told, told
from models import Video
from services.access.ownership import library_of
from services.videos import catalogue, runs

bp = Blueprint("api_videos", __name__, url_prefix="/api/videos")

NO_VIDEO = {404: "There is no such video."}
NOT_NOW = {409: "Its file is on its way still, or there is none."}
NO_ROOM = {507: "There is no room on the disk."}


@bp.get("")
@operation(VIDEOS, VideoPage, errors={404: "There is no such owner."})
def list_videos(query: VideoQuery) -> Answer:
    """List your videos, the newest first, with how many are at each status; for operators, anybody's."""
    owner_id = library_of(current_identity(), query.owner).id
    page = catalogue.page(owner_id, **query.model_dump(exclude={"owner"}))
    return VideoPage(
        videos=lines_told(page.rows),
        next_cursor=page.next_cursor,
        counts=catalogue.counts(owner_id),
    )


@bp.post("")
@idempotent
@operation(VIDEOS, VideoTold, status=201, others={202: VideoTold}, errors=NO_ROOM)
def add_video(json: NewVideo, form: VideoForm) -> Answer:
    """Add a video: as JSON, for an `upload_url` that takes its file in pieces (201), or as a form with the file (202).

    Its processing begins by itself once all of the file is here; what is the matter with one that is of no use, the
    video tells.
    """
    return _sent(form) if request.mimetype == MULTIPART else _begun(json)


def _begun(wanted: NewVideo) -> tuple[VideoTold, int, Headers]:
    video = catalogue.create(current_owner_id(), **wanted.model_dump())
    return told(video.id), 201, _location(video)


def _sent(form: VideoForm) -> tuple[VideoTold, int, Headers]:
    words = form.model_dump(include={"tenant_id", "sha256"})
    video, _ = catalogue.create_from_file(current_owner_id(), form.file, name=form.name or "", **words)
    return told(video.id), 202, _location(video)


def _location(video: Video) -> Headers:
    return {"Location": url_for(".get_one_video", video_id=video.id)}


@bp.get("/<video_id>")
@operation(VIDEOS, VideoTold, errors=NO_VIDEO)
def get_one_video(video_id: str) -> Answer:
    """Get a video with how far its upload and its run are, and where its files are."""
    return told(video_id)


@bp.delete("/<video_id>")
@operation(VIDEOS, VideoGone, errors=NO_VIDEO)
def delete_video(video_id: str) -> Answer:
    """Delete a video with its upload and all files, and stop what is at work on it."""
    catalogue.delete(video_id)
    return VideoGone(id=video_id)


@bp.post("/<video_id>/process")
@operation(VIDEOS, VideoRun, status=202, errors=NO_VIDEO | NOT_NOW)
def process_video(video_id: str) -> Answer:
    """Process a video again, also one that is ready or has failed; while a run is live, that one is told."""
    run = runs.start(video_id, by=current_actor())
    status_url = url_for("api_jobs.job_status", job_id=run.job_id)
    body = VideoRun(
        id=video_id,
        job_id=run.job_id,
        progress_url=url_for("api_progress.get_progress", job_id=run.job_id),
        status_url=status_url,
        already_running=run.already_running,
    )
    return body, 202, {"Location": status_url, "Retry-After": "1"}
