"""Failures, grouped by what went wrong."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.console.sparkline import sparkline
from blueprints.page_forms import flashing, go_to
from errors import InvalidInput
from services.jobs.registry import JOB_TYPES, label_of
from services.stats import failures
from services.stats.failures import SORTS, TRENDS, FailureFilter

bp = Blueprint("failures", __name__, url_prefix="/failures")

GROUP = "string(length=16)"
MAX_PAGE = 1000
SORT_LABELS = {"last_seen": "Last seen", "count": "Most often", "first_seen": "Newest kind"}


@bp.get("")
def index() -> str:
    wanted = _wanted()
    found = failures.list_failures(wanted)
    return render_template(
        "console/failures.html",
        wanted=wanted,
        kept=_kept(),
        found=found,
        sparkline=sparkline,
        trend=TRENDS[wanted.trend],
        trends=TRENDS,
        sorts={name: SORT_LABELS[name] for name in SORTS},
        job_types=JOB_TYPES,
        label_of=label_of,
    )


@bp.post(f"/<{GROUP}:group_id>/mute")
def mute(group_id: str) -> Response:
    with flashing("The group is muted: it is counted on, and kept at the end of this page."):
        failures.set_muted(group_id, True, actor=current_actor())
    return go_to(url_for(".index", **_kept()))


@bp.post(f"/<{GROUP}:group_id>/unmute")
def unmute(group_id: str) -> Response:
    with flashing("The group is listed with the others again."):
        failures.set_muted(group_id, False, actor=current_actor())
    return go_to(url_for(".index", **_kept()))


def _wanted() -> FailureFilter:
    """:raise InvalidInput: naming the field, and what it may be."""
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page) <= MAX_PAGE):
        raise InvalidInput(f"There is no page {page[:20]!r}.", details={"page": f"1 to {MAX_PAGE}"})
    texts = {name: request.args.get(name, "").strip() for name in ("type", "q", "sort", "trend")}
    return FailureFilter(**{name: value for name, value in texts.items() if value}, page=int(page))


def _kept() -> dict[str, Any]:
    """The part of the address that says what is listed: forms post to addresses that carry it."""
    return {name: value for name, value in request.args.items() if name in ("type", "q", "sort", "trend") and value}
