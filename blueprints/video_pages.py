"""The pages of videos: the list with its way in, and one video with all that is known of it."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from blueprints import video_labels
from blueprints.actor import current_actor, current_owner_id
from blueprints.console.conditional import answer_if_changed
from blueprints.library_owner import meant_owner
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from blueprints.sent_files import refusals, sent_files, take_each
from errors import BackbeatError
from models import Video
from services.videos import catalogue, runs
from services.videos.pages_read import video_list, video_page

bp = Blueprint("videos", __name__, url_prefix="/library/videos")
bp.record_once(lambda state: video_labels.init_app(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(video_url=video_url))
bp.after_request(answer_if_changed)

VIDEO_ID = "string(maxlength=64)"


def video_url(video: Video, key: str, *, download: bool = False) -> str:
    """Where a file of a video is had, by its key in the storage."""
    name = PurePosixPath(key).name
    return url_for("media.video_file", video_id=video.id, name=name, download=1 if download else None)


@bp.get("")
def index() -> str:
    return _index()


def _index(error: BackbeatError | None = None) -> str:
    owner = meant_owner(request.args)
    status, q = request.args.get("status", ""), request.args.get("q", "").strip()
    page = video_list(owner.id, status=status, q=q, cursor=request.args.get("cursor", ""))
    return render_template("videos/index.html", page=page, owner=owner, status=status, q=q, error=error)


@bp.post("/upload")
def upload() -> FormAnswer:
    """Files that came with one form, without a script; with one they come in pieces."""
    owner_id = current_owner_id()
    return answer_form(
        lambda: take_each(sent_files(), lambda file: _take(owner_id, file)), then=_after_uploads, again=_index
    )


def _take(owner_id: int, file: FileStorage) -> Video:
    return catalogue.create_from_file(owner_id, file)[0]


def _after_uploads(taken: tuple[Sequence[Video], Sequence[str]]) -> str:
    added, refused = taken
    if refused:
        flash(refusals(refused), "warning")
    if len(added) == 1:
        return url_for(".show", video_id=added[0].id)
    flash(f"{len(added)} videos are being processed.", "success")
    return url_for(".index")


@bp.get(f"/<{VIDEO_ID}:video_id>")
def show(video_id: str) -> str:
    return _show(video_id)


def _show(video_id: str, error: BackbeatError | None = None) -> str:
    return render_template("videos/show.html", page=video_page(video_id), error=error)


@bp.post(f"/<{VIDEO_ID}:video_id>/process")
def process(video_id: str) -> Response:
    with flashing("The video is being processed. You can leave this page."):
        runs.start(video_id, by=current_actor())
    return go_to(url_for(".show", video_id=video_id))


@bp.post(f"/<{VIDEO_ID}:video_id>/delete")
def delete(video_id: str) -> FormAnswer:
    return answer_form(
        lambda: catalogue.delete(video_id), then=lambda _: _after_delete(), again=lambda error: _show(video_id, error)
    )


def _after_delete() -> str:
    flash("The video was deleted with its files.", "success")
    return url_for(".index")
