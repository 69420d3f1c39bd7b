"""The pages of episodes: the list with its ways in, and one episode with all that was made of it."""

import math
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from blueprints import episode_labels
from blueprints.actor import current_identity, current_owner_id
from blueprints.library_owner import meant_owner
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, InvalidInput
from models import Episode, Rendition
from services.access.openness import is_open
from services.episodes import arrivals, catalogue, orders, reads, watching
from services.episodes import discover as discovery
from services.episodes.arrivals import Arrival
from services.episodes.files_wanted import ASPECT_RATIOS, VARIANTS
from services.episodes.orders import ClipsWanted, Wishes
from services.episodes.stages import RENDERED, TARGETS

bp = Blueprint("episodes", __name__, url_prefix="/library/episodes")
bp.record_once(lambda state: episode_labels.init_app(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(media_url=media_url, rendition_url=rendition_url))

EPISODE_ID = "string(maxlength=80)"


@dataclass(frozen=True, slots=True)
class AddForm:
    """What the form for an address or a path holds."""

    source: str = ""
    title: str = ""

    @classmethod
    def sent(cls) -> "AddForm":
        return cls(request.form.get("source", "").strip(), request.form.get("title", ""))


def media_url(episode: Episode, name: str, **values: Any) -> str:
    """Where a file of an episode is had."""
    return url_for("media.episode_file", episode_id=episode.id, name=name, **values)


def rendition_url(rendition: Rendition, **values: Any) -> str:
    """Where a clip's file is had."""
    return url_for("media.clip_file", clip_id=rendition.clip_id, rendition_id=rendition.id, **values)


@bp.get("")
def index() -> str:
    return _index(AddForm(), None)


def _index(form: AddForm, error: BackbeatError | None) -> str:
    owner, q = meant_owner(request.args), request.args.get("q", "").strip()
    page = reads.episode_list(owner.id, cursor=request.args.get("cursor") or None, q=q)
    return render_template("episodes/index.html", page=page, owner=owner, q=q, form=form, error=error)


@bp.post("/upload")
def upload() -> FormAnswer:
    """Files that came with one form, without a script; with one they come in pieces."""
    owner_id, files = current_owner_id(), [file for file in request.files.getlist("files") if file.filename]
    return answer_form(
        lambda: _required([arrivals.take_upload(owner_id, file) for file in files]),
        then=_after_arrivals,
        again=lambda error: _index(AddForm(), error),
    )


def _required(arrived: list[Arrival]) -> list[Arrival]:
    """:raise InvalidInput: if nothing was sent."""
    if not arrived:
        raise InvalidInput("No file was sent. Choose one first.", details={"files": "at least one file"})
    return arrived


def _after_arrivals(arrived: list[Arrival]) -> str:
    if len(arrived) == 1:
        return url_for(".show", episode_id=arrived[0].episode_id)
    flash(f"{len(arrived)} episodes are being taken in.", "success")
    return url_for(".index")


@bp.post("/add")
def add() -> FormAnswer:
    form, owner_id = AddForm.sent(), current_owner_id()
    return answer_form(
        lambda: _take(owner_id, form),
        then=lambda arrival: _after_arrivals([arrival]),
        again=lambda error: _index(form, error),
    )


def _take(owner_id: int, form: AddForm) -> Arrival:
    if "://" in form.source:
        return arrivals.take_url(owner_id, form.source, title=form.title)
    return arrivals.take_path(owner_id, form.source, anywhere=is_open(), title=form.title)


@bp.post("/discover")
def discover() -> AnyResponse:
    try:
        found = discovery.discover(current_owner_id())
    except InvalidInput as e:
        flash(e.message, "warning")
    else:
        flash(f"Found {len(found)} new." if found else "Nothing new was found.", "success")
    return go_to(url_for(".index"))


@bp.get(f"/<{EPISODE_ID}:episode_id>")
def show(episode_id: str) -> str:
    return _show(episode_id)


def _show(episode_id: str, error: BackbeatError | None = None) -> str:
    page = reads.episode_page(episode_id)
    return render_template(
        "episodes/show.html",
        page=page,
        player=watching.player_of(page),
        start_at=_start_at(),
        variants=VARIANTS,
        aspect_ratios=ASPECT_RATIOS,
        error=error,
    )


def _start_at() -> float:
    """Where the player is to begin, in seconds."""
    start = request.args.get("t", 0.0, type=float)
    return start if math.isfinite(start) and start > 0 else 0.0


@bp.get(f"/<{EPISODE_ID}:episode_id>/chapters.vtt")
def chapters(episode_id: str) -> Response:
    found = watching.chapters_of(reads.episode_page(episode_id))
    return Response(watching.as_vtt(found), mimetype="text/vtt")


@bp.post(f"/<{EPISODE_ID}:episode_id>/process")
def process(episode_id: str) -> AnyResponse:
    with flashing("The episode is being processed. You can leave this page."):
        orders.order_processing(episode_id, _wishes(), _target_stage())
    return go_to(url_for(".show", episode_id=episode_id))


def _wishes() -> Wishes:
    return Wishes(current_identity().user_id, force=request.form.get("force_reprocess") == "true")


def _target_stage() -> str:
    """:raise InvalidInput: if it is none that processing leads to."""
    stage = request.form.get("target_stage", RENDERED)
    if stage not in TARGETS:
        allowed = f"one of {', '.join(TARGETS)}"
        raise InvalidInput(f"{stage[:40]!r} is no stage: {allowed}.", details={"target_stage": allowed})
    return stage


@bp.post(f"/<{EPISODE_ID}:episode_id>/render")
def render(episode_id: str) -> AnyResponse:
    with flashing("The clips are being rendered. You can leave this page."):
        orders.order_clips(episode_id, _wishes(), _clips_wanted())
    return go_to(url_for(".show", episode_id=episode_id))


def _clips_wanted() -> ClipsWanted:
    return ClipsWanted(
        clip_ids=request.form.getlist("clip_ids", type=int) or None,
        variants=_chosen("variants", VARIANTS),
        aspect_ratios=_chosen("aspect_ratios", ASPECT_RATIOS),
    )


def _chosen(field: str, known: tuple[str, ...]) -> list[str]:
    """:raise InvalidInput: if none is ticked."""
    chosen = [each for each in request.form.getlist(field) if each in known]
    if not chosen:
        allowed = f"at least one of {', '.join(known)}"
        raise InvalidInput(f"Tick {allowed}.", details={field: allowed})
    return chosen


@bp.post(f"/<{EPISODE_ID}:episode_id>/rename")
def rename(episode_id: str) -> AnyResponse:
    with flashing("The episode was renamed."):
        catalogue.change(episode_id, title=request.form.get("title", ""))
    return go_to(url_for(".show", episode_id=episode_id))


@bp.post(f"/<{EPISODE_ID}:episode_id>/delete")
def delete(episode_id: str) -> FormAnswer:
    return answer_form(
        lambda: catalogue.delete(episode_id),
        then=lambda _: _after_delete(),
        again=lambda error: _show(episode_id, error),
    )


def _after_delete() -> str:
    flash("The episode was deleted with its files.", "success")
    return url_for(".index")
