"""Renders for operators: what is stuck and why, how ends are found out, and having renders made anew."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

import clock
from blueprints import render_labels
from blueprints.actor import current_actor
from blueprints.console import render_list
from blueprints.page_forms import FormAnswer, flashing, go_to
from errors import Conflict, InvalidInput
from services.jobs import states as job_states
from services.renders import check_now, figures, listing, reads, retrying, stuck
from services.renders.cycle import SCHEDULE
from services.renders.filters import RenderFilter
from services.renders.retrying import Retried
from services.schedules import control, overview

bp = Blueprint("renders", __name__, url_prefix="/renders")
bp.record_once(lambda state: render_labels.init_app(state.app))
bp.record_once(lambda state: state.app.jinja_env.globals.update(is_past=is_past))

RENDER_ID = "string(length=26)"
STUCK_SHOWN = 20
SKIPPED_IN_WORDS = {
    retrying.TARGET_BUSY: "something else is being made of their target",
    retrying.NOT_OVER: "they are under way by now, or completed",
    retrying.SUPERSEDED: "their target has a later one",
}
SELECTED = "selected"


def is_past(instant: float) -> bool:
    return instant <= clock.now()


@bp.get("")
def index() -> str:
    return render_template(
        "console/renders.html",
        figures=figures.figures(),
        stuck=stuck.stuck_renders(STUCK_SHOWN),
        counts=listing.counts(),
        cycles=listing.last_cycles(),
        entry=overview.entry(SCHEDULE),
        live_states=job_states.LIVE,
        retryable=listing.RETRYABLE,
    )


@bp.get("/all")
def listed() -> Response | tuple[str, int]:
    if any(value == "" for value in request.args.values()):  # a form sends all its fields; an address is for sharing
        return go_to(url_for(".listed", **render_list.kept(request.args)))
    page = render_list.read(request.args)
    shown = render_template("console/renders_list.html", page=page, retryable=listing.RETRYABLE)
    return shown, 422 if page.error else 200


@bp.get(f"/<{RENDER_ID}:render_id>")
def show(render_id: str) -> str:
    told = reads.told(render_id)
    owner = listing.names_of([told.render.owner_id]).get(told.render.owner_id, "")
    return render_template("console/render.html", told=told, owner=owner, retryable=listing.RETRYABLE)


@bp.post(f"/<{RENDER_ID}:render_id>/retry")
def retry(render_id: str) -> Response:
    with flashing("The renderer is asked for it anew."):
        retrying.retry(render_id, by=current_actor())
    kept = render_list.kept(request.args)
    return go_to(url_for(".listed", **kept) if kept else url_for(".show", render_id=render_id))


@bp.post(f"/<{RENDER_ID}:render_id>/look")
def look(render_id: str) -> Response:
    """Look for its output now, and for whatever else is due."""
    with flashing("It is being looked for; what is found shows here in some seconds."):
        if not check_now.look_soon([render_id]):
            raise Conflict("It is over: there is nothing to look for any more.", code="render_over")
        control.run_now(SCHEDULE, by=current_actor())
    return go_to(url_for(".show", render_id=render_id))


@bp.post("/retry/confirm")
def confirm() -> FormAnswer:
    """Count first: nothing is changed here."""
    try:
        wanted = _wanted()
    except InvalidInput as e:
        flash(e.message, "warning")
        return go_to(_list())
    fitting, others = listing.retryable(wanted)
    doing = min(fitting, retrying.MOST)
    return render_template(
        "console/renders_confirm.html", wanted=wanted, fitting=fitting, others=others, doing=doing, list_url=_list()
    ), 200


@bp.get("/retry/confirm")
def start_over() -> Response:
    """Somebody came back to the address of the page before: what they chose is not in it."""
    return go_to(url_for(".listed"))


@bp.post("/retry")
def retry_many() -> Response:
    """What the page before asked about; a second click finds them under way."""
    try:
        told = retrying.retry_all(_wanted(), by=current_actor())
    except (InvalidInput, Conflict) as e:
        flash(e.message, "warning")
    else:
        flash(_in_words(told), "success" if told.retried else "warning")
    return go_to(_list())


def _in_words(told: Retried) -> str:
    skipped = sum(told.skipped.values())
    if not told.retried and not skipped:
        return "There was nothing to retry any more."
    words = f"{told.retried:,} asked for anew."
    words += f" {skipped:,} could not be: {_reasons(told)}." if skipped else ""
    return words + (f" {told.left:,} are left: retry them next." if told.left else "")


def _reasons(told: Retried) -> str:
    words = {code: SKIPPED_IN_WORDS.get(code, code.replace("_", " ")) for code in told.skipped}
    return ", ".join(f"{words[code]} ({count:,})" for code, count in told.skipped.items())


def _wanted() -> RenderFilter:
    """:raise InvalidInput: if the form names no renders."""
    if request.form.get("scope") == SELECTED:
        return RenderFilter.of_ids(request.form.getlist("render_id"))
    wanted = RenderFilter.from_mapping({"until": listing.newest_id()} | request.form.to_dict())
    if not wanted.as_dict().keys() - {"until"}:  # asked of what is left of the form's words, which may be nothing
        raise InvalidInput("Filter first: all renders at once are not retried.", details={"scope": "selected"})
    return wanted


def _list() -> str:
    return url_for(".listed", **render_list.kept(request.form))
