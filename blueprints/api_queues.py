"""How the queues and the workers fare; holding queues back; telling a worker to leave."""

from dataclasses import asdict

from flask import Blueprint, request

from blueprints.actor import current_actor
from blueprints.openapi import FLEET, Answer, operation
from blueprints.schemas.fleet import (
    Leave,
    Pause,
    QueuePaused,
    QueuesPaused,
    QueueStatus,
    WorkerHealth,
    WorkerLeaves,
)
from errors import NotFound
from services import fleet
from services.fleet import control
from services.jobs import pauses
from services.jobs.registry import QUEUES

bp = Blueprint("api_queues", __name__, url_prefix="/api")

NO_QUEUE = {
    404: f"There is no such queue; there are {', '.join(QUEUES)}.",
    422: "The queue cannot be paused, or the pause would end in the past.",
}
NO_WORKER = {404: "There is no such worker.", 409: "It shows no sign of life.", 503: "Redis does not answer."}


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
    """Stop the taking up of jobs from a queue, for good or for a while; what runs goes on."""
    _pause([name], json)
    return {"success": True, "queue": name, "paused": True}


@bp.post("/queue/<name>/resume")
@operation(FLEET, QueuePaused, errors=NO_QUEUE)
def resume_queue(name: str) -> Answer:
    """Let go of a paused queue."""
    pauses.resume([name], by=current_actor())
    return {"success": True, "queue": name, "paused": False}


@bp.post("/queue/pause")
@operation(FLEET, QueuesPaused, errors={422: "The pause would end in the past."})
def pause_all_queues(json: Pause) -> Answer:
    """Stop the taking up of jobs from all queues but `system`."""
    _pause(list(pauses.PAUSABLE), json)
    return {"success": True, "queues": list(pauses.PAUSABLE), "paused": True}


@bp.post("/queue/resume")
@operation(FLEET, QueuesPaused)
def resume_all_queues() -> Answer:
    """Let go of all paused queues."""
    return {"success": True, "queues": pauses.resume(pauses.PAUSABLE, by=current_actor()), "paused": False}


def _pause(queues: list[str], wanted: Pause) -> None:
    pauses.pause(
        queues,
        by=current_actor(),
        reason=wanted.reason,
        until=wanted.until_instant,
        for_seconds=wanted.for_seconds,
    )


@bp.get("/worker/health")
@operation(FLEET, WorkerHealth)
def worker_health() -> Answer:
    """Get each worker with its job and its last sign of life, and one word for all of them."""
    health = fleet.worker_health()
    return {"success": True, "status": health.health, **asdict(health)}


@bp.post("/worker/<worker>/leave")
@operation(FLEET, WorkerLeaves, errors=NO_WORKER)
def tell_worker_to_leave(worker: str, json: Leave) -> Answer:
    """Tell a worker to end after its job."""
    control.tell_to_leave(worker, json.then, by=current_actor())
    return {"success": True, "worker": worker, "then": json.then}
