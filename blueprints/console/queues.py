"""Queues: what waits and what runs, and holding a queue back."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.page_forms import flashing, go_to
from services import fleet
from services.jobs import operations

bp = Blueprint("queues", __name__, url_prefix="/queues")


@bp.get("")
def index() -> str:
    return render_template("console/queues.html", queues=fleet.queue_status(), fleet=fleet.worker_health())


@bp.post("/<name>/pause")
def pause(name: str) -> Response:
    with flashing(f"The queue “{name}” is paused: jobs wait until you resume it."):
        operations.set_paused(name, True, reason=request.form.get("reason", "").strip())
    return go_to(url_for(".index"))


@bp.post("/<name>/resume")
def resume(name: str) -> Response:
    with flashing(f"The queue “{name}” goes on."):
        operations.set_paused(name, False)
    return go_to(url_for(".index"))
