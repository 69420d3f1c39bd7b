"""The recovery of videos, for operators: its runs, what one of them did, and what one would do now."""

from flask import Blueprint, render_template, request, url_for

from services.jobs import states as job_states
from services.schedules import overview
from services.videos import history, recovery
from services.videos.recovery import SCHEDULE
from services.videos.recovery_report import SKIPPED

bp = Blueprint("videos", __name__, url_prefix="/videos")

RUN_ID = "string(length=26)"
RUNS_SHOWN = 40
PREVIEW_SHOWN = 200


@bp.get("")
def index() -> str:
    return render_template(
        "console/videos.html",
        page=history.runs(cursor=request.args.get("cursor"), limit=RUNS_SHOWN),
        figures=history.figures(),
        entry=overview.entry(SCHEDULE),
        live_states=job_states.LIVE,
    )


@bp.get("/now")
def preview() -> str:
    """What a run would do now. Nothing is written."""
    report = recovery.look()
    first_what_is_done = sorted(report.lines, key=lambda line: line.outcome == SKIPPED)
    return render_template(
        "console/recovery_run.html",
        run=None,
        counts=report,
        items=first_what_is_done[:PREVIEW_SHOWN],
        schedule_name=SCHEDULE,
    )


@bp.get(f"/<{RUN_ID}:run_id>")
def show(run_id: str) -> str:
    run, page = history.run(run_id), history.items(run_id, cursor=request.args.get("cursor"))
    return render_template(
        "console/recovery_run.html",
        run=run,
        counts=run,
        items=page.rows,
        next_url=url_for(".show", run_id=run_id, cursor=page.next_cursor) if page.next_cursor else None,
        is_first="cursor" not in request.args,
    )
