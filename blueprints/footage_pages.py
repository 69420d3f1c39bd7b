"""The pages of footage: the board, the whole list, the search, and one record with all that is known of it."""

import math

from flask import Blueprint, render_template, request

from blueprints import footage_labels
from blueprints.console.conditional import answer_if_changed
from blueprints.library_owner import meant_owner
from errors import BackbeatError
from services.episodes.passages import passages
from services.footage import board as boards
from services.footage.record_page import record_page, way_of

bp = Blueprint("footage", __name__, url_prefix="/library/footage")
bp.record_once(lambda state: footage_labels.init_app(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(footage_url=footage_url))
bp.after_request(answer_if_changed)

FOOTAGE_ID = "string(maxlength=12)"


def footage_url(footage_id: str, key: str) -> str:
    """Where a file of a record is had, by its key in the storage."""
    return f"/media/{key}"


@bp.get("")
def index() -> str:
    return _index()


def _index(error: BackbeatError | None = None) -> str:
    owner = meant_owner(request.args)
    return render_template(
        "footage/index.html", board=boards.board(owner.id), owner=owner, error=error, form=request.form
    )


@bp.get("/all")
def listed() -> str:
    owner = meant_owner(request.args)
    status, q = request.args.get("status", ""), request.args.get("q", "").strip()
    page = boards.card_list(owner.id, status=status, q=q, cursor=request.args.get("cursor", ""))
    return render_template("footage/list.html", page=page, owner=owner, status=status, q=q)


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
