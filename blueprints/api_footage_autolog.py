"""The poller of footage: a session of it is started, and how the pipeline stands."""

from flask import Blueprint

from blueprints.accepted import accepted
from blueprints.actor import current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import FOOTAGE, Answer, operation
from blueprints.schemas.footage import AutologOrder, AutologStatus
from blueprints.schemas.jobs import Accepted
from services.footage import sessions

bp = Blueprint("api_footage_autolog", __name__)


@bp.post("/run/footage_autolog")
@idempotent
@operation(FOOTAGE, Accepted, status=202, errors={409: "A session is live; `details.job_id` is its job."})
def run_footage_autolog(json: AutologOrder) -> Answer:
    """Start a session of the poller: for `POLL_DURATION` seconds it moves whatever can move."""
    return accepted(sessions.start(current_owner_id()))


@bp.get("/status")
@operation(FOOTAGE, AutologStatus)
def footage_status() -> Answer:
    """Tell which sessions there are, and how many records are at each status."""
    return AutologStatus.model_validate(sessions.overview())
