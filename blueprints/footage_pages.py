"""The pages of footage: the board, the whole list, the search, and one record with all that is known of it."""

import math
from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints import footage_labels
from blueprints.actor import current_actor, current_owner_id
from blueprints.console.conditional import answer_if_changed
from blueprints.library_owner import meant_owner
from blueprints.marking import marked
from blueprints.page_forms import FormAnswer, answer_form, flashing, go_to
from blueprints.sent_files import refusals, sent_files, take_each
from clients.public_address import MAX_URL_CHARS
from errors import BackbeatError
from services.access.openness import is_open
from services.episodes.passages import passages
from services.footage import board as boards
from services.footage import catalogue, dispatch, people, search, sessions, states
from services.footage.reads import get_footage
from services.footage.record_page import record_page, way_of
from services.footage.said import Said, keywords_in

bp = Blueprint("footage", __name__, url_prefix="/library/footage")
bp.record_once(lambda state: footage_labels.init_app(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(footage_url=footage_url, marked=marked))
bp.record_once(lambda state: state.app.jinja_env.globals.update(max_url_chars=MAX_URL_CHARS))
bp.after_request(answer_if_changed)

FOOTAGE_ID = "footage_id"  # the converter of `blueprints/parsing.py`
HITS_SHOWN = 24
IDLE = "Autolog does not run: it goes on once an operator starts it."


def footage_url(footage_id: str, key: str) -> str:
    """Where a file of a record is had, by its key in the storage."""
    return url_for("media.footage_file", footage_id=footage_id, name=key.removeprefix(f"footage/{footage_id}/"))


@bp.get("")
def index() -> str:
    return _index()


def _index(error: BackbeatError | None = None) -> str:
    owner = meant_owner(request.args)
    board = boards.board(owner.id)
    return render_template("footage/index.html", board=board, owner=owner, error=error, form=request.form)


@bp.get("/all")
def listed() -> str:
    owner = meant_owner(request.args)
    status, q = request.args.get("status", ""), request.args.get("q", "").strip()
    page = boards.card_list(owner.id, status=status, q=q, cursor=request.args.get("cursor", ""))
    return render_template("footage/list.html", page=page, owner=owner, status=status, q=q)


@bp.get("/search")
def find() -> str:
    owner, q = meant_owner(request.args), request.args.get("q", "").strip()
    hits = search.search(owner.id, q, limit=HITS_SHOWN) if q else []
    return render_template("footage/search.html", hits=hits, owner=owner, q=q)


@bp.post("/upload")
def upload() -> FormAnswer:
    """Files that came with one form, without a script; with one they come in pieces."""
    owner_id, files = current_owner_id(), sent_files()
    return answer_form(
        lambda: take_each(files, lambda file: catalogue.add_upload(owner_id, file)), then=_after_uploads, again=_index
    )


def _after_uploads(taken: tuple[Sequence[str], Sequence[str]]) -> str:
    added, refused = taken
    if refused:
        flash(refusals(refused), "warning")
    return _after_adding(added)


@bp.post("/add")
def add() -> FormAnswer:
    owner_id = current_owner_id()
    return answer_form(lambda: [_take(owner_id)], then=_after_adding, again=_index)


def _take(owner_id: int) -> str:
    source = request.form.get("source", "").strip()
    said = Said(title=request.form.get("title", ""), source_url=request.form.get("source_url", "").strip() or None)
    if "://" in source:
        return catalogue.add_url(owner_id, source, said=said)
    return catalogue.add_path(owner_id, source, anywhere=is_open(), said=said)


def _after_adding(added: Sequence[str]) -> str:
    dispatch.at_once()
    flash(f"{added[0] if len(added) == 1 else f'{len(added)} clips'} taken in.", "success")
    return url_for(".index")


@bp.post("/autolog")
def start() -> Response:
    with flashing("Footage autolog has started. You can leave this page."):
        sessions.start(current_owner_id())
    return go_to(url_for(".index", owner=request.args.get("owner", type=int)))


@bp.get(f"/<{FOOTAGE_ID}:footage_id>")
def show(footage_id: str) -> str:
    return _show(footage_id)


def _show(footage_id: str, error: BackbeatError | None = None) -> str:
    page = record_page(footage_id)
    return render_template(
        "footage/show.html",
        page=page,
        way=way_of(page.footage),
        passages=passages(page.speech.segments) if page.speech else (),
        start_at=_start_at(),
        error=error,
        form=request.form,
    )


def _start_at() -> float:
    """Where the player is to begin, in seconds."""
    start = request.args.get("t", 0.0, type=float)
    return start if math.isfinite(start) and start > 0 else 0.0


@bp.post(f"/<{FOOTAGE_ID}:footage_id>/edit")
def edit(footage_id: str) -> FormAnswer:
    changes = {
        "title": request.form.get("title", ""),
        "description": request.form.get("description", ""),
        "keywords": keywords_in(request.form.get("keywords", "")),
        "source_url": request.form.get("source_url", ""),
    }
    return answer_form(
        lambda: catalogue.edit(footage_id, changes, current_actor()),
        then=lambda _: _after_edit(footage_id, "Saved."),
        again=lambda error: _show(footage_id, error),
    )


@bp.post(f"/<{FOOTAGE_ID}:footage_id>/good-enough")
def call_good_enough(footage_id: str) -> Response:
    catalogue.edit(footage_id, {"good_enough": True}, current_actor())
    return go_to(_after_edit(footage_id, "Noted: it is good enough."))


def _after_edit(footage_id: str, news: str) -> str:
    dispatch.at_once()
    goes_on = get_footage(footage_id).status not in (states.COMPLETE, states.FAILED)
    flash(f"{news} {IDLE}" if goes_on and boards.live_session() is None else news, "success")
    return url_for(".show", footage_id=footage_id)


@bp.post(f"/<{FOOTAGE_ID}:footage_id>/retry")
def retry(footage_id: str) -> Response:
    with flashing("It is tried again." if boards.live_session() else f"It may be tried again. {IDLE}"):
        people.retry(footage_id, current_actor())
    return go_to(url_for(".show", footage_id=footage_id))


@bp.post(f"/<{FOOTAGE_ID}:footage_id>/delete")
def delete(footage_id: str) -> FormAnswer:
    return answer_form(
        lambda: catalogue.delete(footage_id),
        then=lambda _: _after_delete(footage_id),
        again=lambda error: _show(footage_id, error),
    )


def _after_delete(footage_id: str) -> str:
    flash(f"{footage_id} was deleted with its files.", "success")
    return url_for(".index")
