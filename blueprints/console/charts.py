"""Charts of the past: throughput, failures, waits and run times."""

from flask import Blueprint, render_template

bp = Blueprint("charts", __name__, url_prefix="/charts")


@bp.get("")
def index() -> str:
    return render_template("console/charts.html")
