"""For load balancers and monitoring."""

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST

from blueprints.openapi import HEALTH, Answer, operation
from blueprints.schemas.fleet import Alive, Ready
from errors import Unavailable
from extensions import redis
from services import fleet, metrics
from services.metrics.polls import MANY, ONE, PollCounts
from version import APP_VERSION

bp = Blueprint("health", __name__)

POLLS = {"api_progress.get_progress": ONE, "api_progress.get_progress_of_many": MANY}


@bp.record
def name_version(setup: BlueprintSetupState) -> None:
    """Let every page say which code it was made by."""
    setup.app.jinja_env.globals["app_version"] = APP_VERSION


@bp.record
def make_poll_counts(setup: BlueprintSetupState) -> None:
    setup.app.extensions["backbeat_poll_counts"] = PollCounts()


def poll_counts() -> PollCounts:
    counts: PollCounts = current_app.extensions["backbeat_poll_counts"]
    return counts


@bp.after_app_request
def count_poll(response: Response) -> Response:
    asked_for = POLLS.get(request.endpoint or "")
    if asked_for is not None:
        poll_counts().note(redis.client, asked_for, response.status_code)
    return response


@bp.get("/healthz")
@operation(HEALTH, Alive)
def healthz() -> Answer:
    """Tell that this process answers."""
    return Alive()


@bp.get("/readyz")
@operation(HEALTH, Ready, errors={503: "`details` names each part that is not ready, and why."})
def readyz() -> Answer:
    """Tell whether the database, Redis, a worker and the janitor are there."""
    wrong = fleet.readiness()
    if wrong:
        raise Unavailable("Not ready: " + " ".join(wrong.values()), code="not_ready", details=wrong)
    return Ready()


@bp.get("/metrics")
@operation(HEALTH, None)
def get_metrics() -> Answer:
    """Get the figures of the fleet in Prometheus' text format."""
    poll_counts().flush(redis.client)
    return Response(metrics.render(), content_type=CONTENT_TYPE_LATEST)
