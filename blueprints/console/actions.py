"""Acting on jobs: the page that says what would happen, and the button there that makes it happen."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.console import job_list
from blueprints.job_ids import is_job_id, refuse_what_is_no_job_id
from blueprints.page_forms import JOB_ID, FormAnswer, flashing, go_to
from errors import Conflict, InvalidInput
from services.bulk import orders
from services.bulk.actions import PRIORITY, action_of
from services.bulk.batches import Order
from services.bulk.news import News, news
from services.bulk.preview import preview
from services.bulk.selection import Selection, new_token
from services.jobs import commands
from services.jobs.filters import FIELDS, JobFilter
from services.jobs.priority import check_priority
from services.jobs.registry import PRIORITIES

bp = Blueprint("actions", __name__)
bp.before_request(refuse_what_is_no_job_id)
bp.record_once(lambda state: state.app.jinja_env.globals.update(job_priorities=PRIORITIES))

SELECTED, MATCHING = "selected", "matching"


@bp.app_template_global()
def bulk_news() -> list[News]:
    """What is going on in the background, and what this page's address asks about."""
    return list(news(request.args.get("bulk", "")))


@bp.post("/actions/confirm")
def confirm() -> FormAnswer:
    """Count first: nothing is changed here."""
    try:
        order = _order(new_token())
    except InvalidInput as e:
        flash(e.message, "warning")
        return go_to(_list())
    counted = preview(order.action, order.selection, order.queue)
    return render_template(
        "console/confirm_action.html", order=order, counted=counted, back=_back(), list_url=_list()
    ), 200


@bp.get("/actions/confirm")
def start_over() -> Response:
    """Somebody came back to the address of the page before: what they chose is not in it."""
    return go_to(url_for("admin.jobs.index"))


@bp.post("/actions/run")
def run() -> Response:
    """Do what the page before asked about: a second click finds the job of the first."""
    try:
        placed = orders.place(_order(_token()), current_actor())
    except (InvalidInput, Conflict) as e:
        flash(e.message, "warning")
        return go_to(_list())
    return go_to(_list(bulk=placed.job_id))


@bp.post(f"/jobs/<{JOB_ID}:job_id>/priority")
def priority(job_id: str) -> Response:
    queue = request.form.get("queue", "")
    with flashing(f"The job waits in “{queue}” now."):
        commands.set_priority(job_id, queue, current_actor())
    if request.args.get("from") == "job":
        return go_to(url_for("admin.jobs.show", job_id=job_id))
    return go_to(url_for("admin.jobs.index", **job_list.kept(request.args)))


def _order(token: str) -> Order:
    """:raise InvalidInput: if the form names no action, no jobs, or a queue that there is not."""
    action = action_of(request.form.get("action", ""))
    queue = ""
    if action.name == PRIORITY:
        queue = request.form.get("priority", "")
        check_priority(queue)
    return Order(action, _selection(token), queue)


def _selection(token: str) -> Selection:
    if request.form.get("scope") == SELECTED:
        return Selection.of_ids([job_id for job_id in request.form.getlist("job_id") if is_job_id(job_id)], token)
    return Selection.of_filter(JobFilter.from_mapping(request.form), token)


def _token() -> str:
    """:raise InvalidInput: if the form was not made by `confirm`."""
    token = request.form.get("token", "")
    if not is_job_id(token):
        raise InvalidInput(
            "That page is out of date: choose the jobs again.", details={"token": "from the page before"}
        )
    return token


def _back() -> str:
    """The query of the list that the operator came from, else one of the jobs that are meant."""
    if "back" in request.form:
        return request.form["back"]
    return urlencode({name: request.form[name] for name in FIELDS if request.form.get(name)})


def _list(**more: str) -> str:
    kept: dict[str, Any] = job_list.kept(dict(parse_qsl(_back())))
    return url_for("admin.jobs.index", **kept | more)
