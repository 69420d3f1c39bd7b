"""A person's own account: password, browsers that are signed in, and keys."""

from flask import Blueprint, render_template

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
def show() -> str:
    return render_template("account.html")
