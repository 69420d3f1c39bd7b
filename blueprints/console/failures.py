"""Failures, grouped by what went wrong."""

from flask import Blueprint, render_template

bp = Blueprint("failures", __name__, url_prefix="/failures")


@bp.get("")
def index() -> str:
    return render_template("console/failures.html")
