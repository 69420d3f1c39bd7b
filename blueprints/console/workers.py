"""Workers: who does the work, how they fare, and telling one to leave after its job."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.console import warnings
from blueprints.page_forms import flashing, go_to
from services.fleet import control
from services.fleet.lost import lost_workers
from services.fleet.words import seconds_in_words
from store.workers import STOP
from version import APP_VERSION

bp = Blueprint("workers", __name__, url_prefix="/workers")

DONE = {
    True: "The worker stops after its job, and stays stopped until Backbeat is started again.",
    False: "The worker is started anew after its job.",
}


@bp.get("")
def index() -> str:
    seen = warnings.glance_of_request()
    return render_template(
        "console/workers.html",
        fleet=seen.health(),
        alive=len(seen.alive),
        lost=lost_workers(seen.records or []),
        own_version=APP_VERSION,
        words=seconds_in_words,
    )


@bp.post("/<name>/leave")
def leave(name: str) -> Response:
    then = request.form.get("then", "")
    with flashing(DONE[then == STOP]):
        control.tell_to_leave(name, then, by=current_actor())
    return go_to(url_for(".index"))
