"""Maintenance windows: when queues stand still, as planned."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError
from services.jobs.pauses import PAUSABLE
from services.maintenance import keeping, open_now, windows
from services.maintenance.calendar import MAX_MINUTES
from services.maintenance.windows import Wanted

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@bp.record
def init_app(setup: BlueprintSetupState) -> None:
    """Let the frame of all pages ask what is open."""
    setup.app.jinja_env.globals["maintenance_now"] = open_now.open_now


@bp.get("")
def index() -> str:
    return _page()


def _page(error: BackbeatError | None = None) -> str:
    return render_template(
        "console/maintenance.html",
        entries=windows.entries(),
        queues=PAUSABLE,
        days=DAYS,
        zones=windows.time_zones(),
        max_minutes=MAX_MINUTES,
        error=error,
        typed=request.form,
    )


@bp.post("")
def create() -> FormAnswer:
    def told(_: int) -> str:
        flash("The window is kept; its queues are held back by themselves.", "success")
        return _page_anew()

    return answer_form(lambda: windows.create(_wanted(), by=current_actor()), then=told, again=_page)


def _wanted() -> Wanted:
    form = request.form
    return Wanted(
        name=form.get("name", ""),
        queues=form.getlist("queues"),
        weekdays=form.getlist("weekdays", type=int),
        day=form.get("day", "").strip(),
        start=form.get("start", "").strip(),
        minutes=form.get("minutes", 0, type=int),
        time_zone=form.get("time_zone", "").strip(),
    )


@bp.post(f"/<{ID}:window_id>/end")
def end(window_id: int) -> Response:
    if keeping.end_early(window_id, by=current_actor()):
        flash(
            "The window is closed for this time: its queues go on, but for those that somebody had paused.", "success"
        )
    else:
        flash("The window is not open just now, so there was nothing to close.", "warning")
    return go_to(_page_anew())


@bp.post(f"/<{ID}:window_id>/remove")
def remove(window_id: int) -> Response:
    with flashing("The window is forgotten."):
        keeping.remove(window_id, by=current_actor())
    return go_to(_page_anew())


def _page_anew() -> str:
    """The page's address, now that what is open may be something else."""
    open_now.forget()
    return url_for(".index")
