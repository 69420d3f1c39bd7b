"""Keys of programs: whose they are, what they may, and revoking them."""

from flask import Blueprint, render_template

bp = Blueprint("keys", __name__, url_prefix="/keys")


@bp.get("")
def index() -> str:
    return render_template("console/keys.html")
