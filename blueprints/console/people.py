"""People who can sign in: inviting them, their roles, and shutting them out."""

from flask import Blueprint, render_template

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
def index() -> str:
    return render_template("console/people.html")
