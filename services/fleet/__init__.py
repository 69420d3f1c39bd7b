"""How the queues and the workers fare: constant numbers of statements, and nothing changed by looking."""

from services.fleet.health import DEGRADED, DOWN, HEALTHY, FleetHealth, judge, worker_health
from services.fleet.heartbeats import beat, janitor_age_seconds
from services.fleet.live_documents import clean_up_progress
from services.fleet.queues import queue_status
from services.fleet.readiness import readiness

__all__ = [
    "DEGRADED",
    "DOWN",
    "HEALTHY",
    "FleetHealth",
    "beat",
    "clean_up_progress",
    "janitor_age_seconds",
    "judge",
    "queue_status",
    "readiness",
    "worker_health",
]
