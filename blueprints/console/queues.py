"""Queues: what waits and what runs, holding queues back, and jobs that are stuck."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_actor
from blueprints.console import warnings
from blueprints.page_forms import JOB_ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError, InvalidInput
from services.fleet import queues, rescue, stuck
from services.fleet.glance import free_queues
from services.fleet.words import seconds_in_words
from services.jobs import pauses

bp = Blueprint("queues", __name__, url_prefix="/queues")
bp.record(warnings.init_app)

# How long a queue may be held back by one click, in seconds; an end of one's own is told by its instant.
LENGTHS = {"": "until somebody resumes it", "900": "15 minutes", "3600": "1 hour", "28800": "8 hours"}
UNTIL = "until"


@bp.get("")
def index() -> str:
    return _page()


def _page(refusal: BackbeatError | None = None) -> str:
    """The queues; with what was refused, and what was typed then."""
    seen = warnings.glance_of_request()
    records = seen.records or []
    return render_template(
        "console/queues.html",
        queues=queues.queue_status(records),
        stuck=stuck.find_stuck(free_queues(records)) if seen.stuck else [],
        lengths=LENGTHS,
        pausable=pauses.PAUSABLE,
        words=seconds_in_words,
        refusal=refusal,
        typed=request.form,
    )


@bp.get("/board")
def board() -> str:
    """Queues and workers, for a screen on the wall."""
    return render_template("console/board.html", fleet=warnings.glance_of_request().health())


@bp.post("/pause")
def pause_all() -> FormAnswer:
    return _pause(pauses.PAUSABLE, "All queues but “system” are paused: jobs wait, and what runs goes on.")


@bp.post("/resume")
def resume_all() -> Response:
    with flashing("All queues go on."):
        pauses.resume(pauses.PAUSABLE, by=current_actor())
    return _back()


@bp.post("/<name>/pause")
def pause(name: str) -> FormAnswer:
    return _pause([name], f"The queue “{name}” is paused: jobs wait, and what runs goes on.")


def _pause(names: Sequence[str], done: str) -> FormAnswer:
    def told(_: object) -> str:
        flash(done, "success")
        return url_for(".index")

    return answer_form(lambda: pauses.pause(names, by=current_actor(), **_pause_fields()), then=told, again=_page)


@bp.post("/<name>/resume")
def resume(name: str) -> Response:
    with flashing(f"The queue “{name}” goes on."):
        pauses.resume([name], by=current_actor())
    return _back()


@bp.post(f"/rescue/<{JOB_ID}:job_id>")
def rescue_job(job_id: str) -> Response:
    with flashing("The job was set going again; it may take some seconds to show."):
        rescue.rescue(job_id, by=current_actor())
    return go_to(url_for(".index", _anchor="stuck"))


def _pause_fields() -> dict[str, Any]:
    """The form's reason, and its end: after a while, at an instant (UTC), or none.

    :raise InvalidInput: if the end cannot be read.
    """
    reason, length = request.form.get("reason", "").strip(), request.form.get("length", "")
    until = request.form.get("until", "")
    if length == UNTIL or (until and not length):
        return {"reason": reason, "until": _instant(until)}
    if length not in LENGTHS:
        raise InvalidInput("That is no length of a pause.", details={"length": f"one of {', '.join(LENGTHS)}, until"})
    return {"reason": reason, "for_seconds": float(length) if length else None}


def _instant(text: str) -> float:
    """What an `<input type="datetime-local">` sends, taken as UTC."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise InvalidInput(
            "Say until when, as a date and a time.", details={"until": "such as 2026-11-22T18:00, in UTC"}
        ) from None


def _back() -> Response:
    return go_to(url_for(".index"))
