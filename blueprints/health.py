"""For load balancers and monitoring."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from blueprints.openapi import HEALTH, Answer, operation
from blueprints.schemas.fleet import Alive, Ready
from errors import Unavailable
from services import fleet, metrics

bp = Blueprint("health", __name__)


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
    return Response(metrics.render(), content_type=CONTENT_TYPE_LATEST)
