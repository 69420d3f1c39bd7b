"""The way in and out: the sign-in form, one-time links, and signing out."""

from flask import Blueprint, render_template

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def sign_in() -> str:
    return render_template("sign_in.html")


@bp.post("/sign-out")
def sign_out() -> str:
    return ""
