"""Notices: where a person wants to be told of their jobs, and of what."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_identity
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, Forbidden, InvalidInput
from services.notices import addresses, overview
from services.notices.events import CHOSEN, EVENTS

bp = Blueprint("account_notices", __name__, url_prefix="/account/notices")

# From which length on a job's good end is worth a notice, in seconds.
LENGTHS = {
    "0": "however short it was",
    "60": "if it took a minute",
    "600": "if it took 10 minutes",
    "3600": "if it took an hour",
}


@bp.before_request
def refuse_programs() -> None:
    """:raise Forbidden: to programs' keys: they are told by webhooks."""
    if current_identity().kind == "key":
        raise Forbidden("Programs are told by webhooks; notices are for people.", code="no_account")


@bp.get("")
def show() -> str:
    return _page()


def _page(error: BackbeatError | None = None) -> str:
    return render_template(
        "account_notices.html",
        entries=overview.entries(current_identity().user_id),
        events={name: EVENTS[name].label for name in CHOSEN},
        lengths=LENGTHS,
        error=error,
        typed=request.form if error else {},
        chosen=request.form.getlist("events") if error else CHOSEN,
    )


@bp.post("")
def create() -> FormAnswer:
    def told(_: int) -> str:
        flash("The address is kept. Send a test, to see whether it arrives.", "success")
        return url_for(".show")

    return answer_form(_create, then=told, again=_page)


def _create() -> int:
    form = request.form
    return addresses.create(
        current_identity().user_id,
        form.get("name", ""),
        form.get("url", ""),
        form.getlist("events"),
        min_seconds=_min_seconds(),
    )


@bp.post(f"/<{ID}:address_id>/change")
def change(address_id: int) -> Response:
    with flashing("The choice is kept."):
        wanted, least = request.form.getlist("events"), _min_seconds()
        addresses.change(current_identity().user_id, address_id, wanted, min_seconds=least)
    return go_to(url_for(".show"))


@bp.post(f"/<{ID}:address_id>/test")
def send_test(address_id: int) -> Response:
    with flashing("A test is on its way; look again in some seconds."):
        addresses.send_test(current_identity().user_id, address_id)
    return go_to(url_for(".show"))


@bp.post(f"/<{ID}:address_id>/remove")
def remove(address_id: int) -> Response:
    with flashing("The address is forgotten; nothing is sent there any more."):
        addresses.remove(current_identity().user_id, address_id)
    return go_to(url_for(".show"))


def _min_seconds() -> float:
    """:raise InvalidInput: if it is none of the lengths that the form offers."""
    length = request.form.get("min_seconds", "0")
    if length not in LENGTHS:
        raise InvalidInput("That is no length of a job.", details={"min_seconds": f"one of {', '.join(LENGTHS)}"})
    return float(length)
