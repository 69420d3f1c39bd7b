"""Charts of the past: throughput, failures, waits and run times."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from blueprints.console import chart_table
from services.jobs.registry import JOB_TYPES, QUEUES
from services.stats.series import WINDOWS, Series, read_series

bp = Blueprint("charts", __name__, url_prefix="/charts")

DEFAULT_WINDOW = "day"


@bp.get("")
def index() -> str:
    wanted = _wanted()
    return render_template(
        "console/charts.html",
        series=_series(wanted),
        wanted=wanted,
        kept={name: value for name, value in wanted.items() if value},
        table=chart_table,
        windows=WINDOWS,
        queue_names=QUEUES,
        job_types=JOB_TYPES,
    )


@bp.get("/data")
def data() -> ResponseReturnValue:
    """The figures that charts.js draws: `{range, step_seconds, running_since, at: [...], finished: [...], ...}`."""
    return jsonify(chart_table.document(_series(_wanted())))


def _wanted() -> dict[str, str]:
    asked = {name: request.args.get(name, "").strip() for name in ("range", "queue", "type")}
    return asked | {"range": asked["range"] or DEFAULT_WINDOW}


def _series(wanted: dict[str, str]) -> Series:
    return read_series(wanted["range"], queue=wanted["queue"], type_name=wanted["type"])
