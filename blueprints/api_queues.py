"""How the queues and the workers fare, and stopping and letting go of a queue."""

from dataclasses import asdict

from flask import Blueprint, request

from blueprints.openapi import FLEET, Answer, operation
from blueprints.schemas.fleet import Pause, QueuePaused, QueueStatus, WorkerHealth
from errors import NotFound
from services import fleet
from services.jobs import operations
from services.jobs.registry import QUEUES

bp = Blueprint("api_queues", __name__, url_prefix="/api")

NO_QUEUE = {404: f"There is no such queue; there are {', '.join(QUEUES)}."}


@bp.before_request
def refuse_unknown_queue() -> None:
    """:raise NotFound: if the address names a queue that there is not."""
    name = (request.view_args or {}).get("name")
    if name is not None and name not in QUEUES:
        allowed = f"one of {', '.join(QUEUES)}"
        raise NotFound(f"There is no queue {name[:60]!r}.", code="no_such_queue", details={"queue": allowed})


@bp.get("/queue/status")
@operation(FLEET, QueueStatus)
def queue_status() -> Answer:
    """Get how each queue fares."""
    return {"success": True, "queues": fleet.queue_status()}


@bp.post("/queue/<name>/pause")
@operation(FLEET, QueuePaused, errors=NO_QUEUE)
def pause_queue(name: str, json: Pause) -> Answer:
    """Stop the taking up of jobs from a queue; what runs goes on."""
    operations.set_paused(name, True, reason=json.reason)
    return {"success": True, "queue": name, "paused": True}


@bp.post("/queue/<name>/resume")
@operation(FLEET, QueuePaused, errors=NO_QUEUE)
def resume_queue(name: str) -> Answer:
    """Let go of a paused queue."""
    operations.set_paused(name, False)
    return {"success": True, "queue": name, "paused": False}


@bp.get("/worker/health")
@operation(FLEET, WorkerHealth)
def worker_health() -> Answer:
    """Get each worker with its job and its last sign of life, and one word for all of them."""
    health = fleet.worker_health()
    return {"success": True, "status": health.health, **asdict(health)}
