"""Workers: who does the work, and how they fare."""

from flask import Blueprint, render_template

bp = Blueprint("workers", __name__, url_prefix="/workers")


@bp.get("")
def index() -> str:
    return render_template("console/workers.html")
