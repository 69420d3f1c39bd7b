"""The operators' console, page by page."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from blueprints.console import (
    actions,
    alerts,
    audit,
    charts,
    conditional,
    failures,
    jobs,
    keys,
    maintenance,
    people,
    queues,
    recovery,
    renders,
    schedules,
    videos,
    webhooks,
    workers,
)
from blueprints.page_forms import go_to

bp = Blueprint("admin", __name__, url_prefix="/admin")
for part in (
    queues,
    recovery,
    workers,
    jobs,
    actions,
    failures,
    renders,
    videos,
    charts,
    schedules,
    maintenance,
    alerts,
    webhooks,
    audit,
    people,
    keys,
):
    bp.register_blueprint(part.bp)
bp.after_request(conditional.answer_if_changed)


@bp.get("")
@bp.get("/")
def index() -> Response:
    return go_to(url_for(".queues.index"))


@bp.get("/queue")
def queue() -> Response:
    """Where the queues and jobs were on one page."""
    return go_to(url_for(".queues.index"))
