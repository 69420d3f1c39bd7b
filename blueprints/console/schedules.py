"""Schedules: what runs by the clock."""

from flask import Blueprint, render_template

bp = Blueprint("schedules", __name__, url_prefix="/schedules")


@bp.get("")
def index() -> str:
    return render_template("console/schedules.html")
