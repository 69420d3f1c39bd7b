"""Everybody's webhooks: those that fail first."""

from flask import Blueprint, render_template

from blueprints.webhook_pages import state_of
from services.webhooks import overview

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@bp.get("")
def index() -> str:
    return render_template("console/webhooks.html", lines=overview.lines(), most=overview.SHOWN, state_of=state_of)
