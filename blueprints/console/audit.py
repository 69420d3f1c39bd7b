"""The audit log: who did what."""

from flask import Blueprint, render_template

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
def index() -> str:
    return render_template("console/audit.html")
