"""Recovery: whatever is stuck anywhere, with what becomes of it by itself, and a button to do it now."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.page_forms import go_to
from errors import Conflict, InvalidInput, NotFound, Unavailable
from services.recovery import acting
from services.recovery.acting import MOST, Acted
from services.recovery.overview import overview

bp = Blueprint("recovery", __name__, url_prefix="/recovery")


@bp.get("")
def index() -> str:
    return render_template("console/recovery.html", sections=overview(), most=MOST)


@bp.post("/<kind>/one")
def act_on_one(kind: str) -> Response:
    finder = acting.finder_of(kind)
    try:
        flash(finder.act(request.form.get("id", ""), current_actor()), "success")
    except (InvalidInput, Conflict, Unavailable, NotFound) as e:  # it may be gone by the time of the click
        flash(e.message, "warning")
    return _back(kind)


@bp.post("/<kind>/all")
def act_on_all(kind: str) -> Response:
    acted = acting.act_on_all(kind, by=current_actor())
    flash(_in_words(acted), "warning" if acted.refused or not acted.done else "success")
    return _back(kind)


def _in_words(acted: Acted) -> str:
    if not acted.done and not acted.refused:
        return "Nothing of that kind can be set going any more."
    words = f"{acted.done:,} set going; it may take some seconds to show."
    if acted.refused:
        words += f" {acted.refused:,} could not be: {acted.reason}"
    return words + (f" {acted.left:,} are left." if acted.left else "")


def _back(kind: str) -> Response:
    return go_to(url_for(".index", _anchor=kind))
