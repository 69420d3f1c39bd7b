"""Alerts: what operators are told by themselves, before they look."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor, current_identity
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, InvalidInput
from services.jobs.registry import QUEUES
from services.notices import addresses, rules
from services.notices.alerts import KINDS

bp = Blueprint("alerts", __name__, url_prefix="/alerts")


@bp.get("")
def index() -> str:
    return _page()


def _page(error: BackbeatError | None = None) -> str:
    return render_template(
        "console/alerts.html",
        rules=rules.all_rules(),
        kinds=KINDS,
        queues=QUEUES,
        addresses=addresses.of_owner(current_identity().user_id),
        error=error,
        typed=request.form if error else {},
    )


@bp.post("")
def create() -> FormAnswer:
    def told(_: int) -> str:
        flash("The alert is kept: from now on it is looked for every ten seconds.", "success")
        return url_for(".index")

    return answer_form(_create, then=told, again=_page)


def _create() -> int:
    address_id = request.form.get("address_id", type=int)
    if address_id is None:
        raise InvalidInput("Choose where to tell it.", details={"address_id": "one of your addresses for notices"})
    return rules.create(
        current_identity().user_id,
        address_id,
        request.form.get("kind", ""),
        by=current_actor(),
        queue=request.form.get("queue"),
        threshold=request.form.get("threshold", type=float),
        window_minutes=request.form.get("window_minutes", 60.0, type=float),
    )


@bp.post(f"/<{ID}:rule_id>/remove")
def remove(rule_id: int) -> Response:
    with flashing("The alert is removed."):
        rules.remove(rule_id, by=current_actor())
    return go_to(url_for(".index"))
