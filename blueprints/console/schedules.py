"""Schedules: what runs by the clock."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

import clock
from blueprints.actor import current_actor
from blueprints.page_forms import flashing, go_to
from errors import InvalidInput
from services.schedules import control, cron, overview
from services.schedules.table import line_of

bp = Blueprint("schedules", __name__, url_prefix="/schedules")

# Pages that have the buttons of a schedule too, by what their forms say.
ELSEWHERE = {"renders": "admin.renders.index", "videos": "admin.videos.index"}


@bp.get("")
def index() -> str:
    return render_template("console/schedules.html", entries=overview.entries())


@bp.get("/<name>")
def show(name: str) -> tuple[str, int]:
    """One schedule with its runs; with `?cron=` also a preview of other times, before they are taken."""
    line_of(name)
    entry = overview.entry(name)
    wanted = request.args.get("cron", "").strip()
    refusal, preview = _preview(wanted) if wanted else (None, [])
    runs, older = overview.runs(name, before=request.args.get("before", type=int))
    return render_template(
        "console/schedule.html",
        entry=entry,
        wanted=wanted or entry.cron,
        wanted_words=cron.in_words(cron.check(wanted)) if preview else "",
        refusal=refusal,
        preview=preview,
        runs=runs,
        older=older,
    ), 422 if refusal else 200


def _preview(expression: str) -> tuple[InvalidInput | None, list[float]]:
    try:
        return None, cron.next_times(cron.check(expression), clock.now())
    except InvalidInput as e:
        return e, []


@bp.post("/<name>/run")
def run_now(name: str) -> Response:
    with flashing(f"“{line_of(name).label}” was told to run now."):
        control.run_now(name, by=current_actor())
    return _back(name)


@bp.post("/<name>/pause")
def pause(name: str) -> Response:
    with flashing(f"“{line_of(name).label}” is paused: it does not run by the clock until somebody resumes it."):
        control.pause(name, by=current_actor(), reason=request.form.get("reason", "").strip())
    return _back(name)


@bp.post("/<name>/resume")
def resume(name: str) -> Response:
    with flashing(f"“{line_of(name).label}” runs by the clock again."):
        control.resume(name, by=current_actor())
    return _back(name)


@bp.post("/<name>/change")
def change(name: str) -> Response:
    typed = request.form.get("cron", "").strip()
    with flashing(f"“{line_of(name).label}” runs at its new times."):
        control.change(name, typed, by=current_actor())
    is_taken = overview.entry(name).cron == typed
    return go_to(url_for(".show", name=name, cron=None if is_taken else typed[:100]))


def _back(name: str) -> Response:
    came_from = request.form.get("from", "")
    return go_to(url_for(".show", name=name) if came_from == "show" else url_for(ELSEWHERE.get(came_from, ".index")))
