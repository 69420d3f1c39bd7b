"""The progress document: what everybody who asks is told of a job (contract: "The progress document")."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

import clock
from services.jobs import states, steps
from services.jobs.eta import Remaining
from services.jobs.registry import JOB_TYPES

# Beyond this share clients ask every 5 s by themselves, and would learn of the end that late.
LATE_PROGRESS, LATE_PAUSE_MS = 0.9, 5000
LEAST_PAUSE_MS, END_MARGIN_MS = 1000, 200


class JobFacts(Protocol):
    """What a document needs of a job; a `Job` row has all of it."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def max_attempts(self) -> int: ...
    @property
    def created_at(self) -> float: ...
    @property
    def started_at(self) -> float | None: ...


@dataclass(slots=True)
class LiveState:
    """The part of a document that changes while the job runs."""

    status: str = states.STARTED
    progress: float = 0.0
    step: str = ""
    message: str = ""
    current: int | None = None
    total: int | None = None
    eta: Remaining | None = None
    steps: Sequence[dict[str, Any]] = ()  # as StepTimes.rows() has them
    cancel_requested: bool = False
    updated_at: float = 0.0  # the last real news: not when it was last written
    ended_at: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def document(job: JobFacts, live: LiveState) -> dict[str, Any]:
    """The document without its version, which is given when it is stored."""
    kind = JOB_TYPES.get(job.type)
    until = live.ended_at or live.updated_at
    return {
        "success": True,
        "job_id": job.id,
        "job_type": job.type,
        "title": job.title,
        "status": live.status,
        "progress": round(live.progress, 4),
        "current_step": live.step,
        "step_label": (kind.step_label(live.step) if kind else "") or waiting_label(live.status),
        "message": live.message,
        "current": live.current,
        "total": live.total,
        **eta_fields(live.eta),
        "elapsed_seconds": None if job.started_at is None else round(max(0.0, until - job.started_at), 1),
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "created_at": clock.iso(job.created_at),
        "started_at": clock.iso(job.started_at),
        "updated_at": clock.iso(live.updated_at),
        "ended_at": clock.iso(live.ended_at),
        "cancel_requested": live.cancel_requested,  # store.progress knows its spelling
        "steps": steps.told(job.type, live.status, live.step, live.steps),
        **pace_fields(live),
        **live.extra,
    }


def pace_fields(live: LiveState) -> dict[str, int]:
    """When to ask next so as to learn of a near end soon; nothing where the clients' own rhythm will do."""
    if live.status != states.STARTED or live.progress <= LATE_PROGRESS or live.eta is None:
        return {}
    pause_ms = max(LEAST_PAUSE_MS, round(live.eta.seconds * 1000) + END_MARGIN_MS)
    return {"poll_after_ms": pause_ms} if pause_ms < LATE_PAUSE_MS else {}


def eta_fields(eta: Remaining | None) -> dict[str, float | None]:
    """Seconds left and a range around them; all null where it cannot be known."""
    if eta is None:
        return {"eta_seconds": None, "eta_low_seconds": None, "eta_high_seconds": None}
    return {
        "eta_seconds": round(eta.seconds, 1),
        "eta_low_seconds": round(eta.low_seconds, 1),
        "eta_high_seconds": round(eta.high_seconds, 1),
    }


_WAITING_LABELS = {
    states.QUEUED: "Waiting in line",
    states.SCHEDULED: "Waiting for the next try",
    states.DEFERRED: "Waiting for another job",
    states.STARTED: "Starting",
    states.FINISHED: "Complete",
    states.FAILED: "Failed",
    states.CANCELED: "Canceled",
}


def waiting_label(status: str) -> str:
    """A label for people where there is no step to name. A status without one is a mistake, and fails here."""
    return _WAITING_LABELS[status]


def json_head(fields: dict[str, Any]) -> bytes:
    """The document's JSON up to the value of `version`, as `ProgressStore.write` takes it."""
    return orjson.dumps(fields)[:-1] + b',"version":'


def children_fields(children: Sequence[dict[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
    return {"children": list(children), "children_counts": {status: counts.get(status, 0) for status in states.ALL}}


def end_fields(
    status: str, *, error: str | None, result: dict[str, Any] | None, result_url: str | None
) -> dict[str, Any]:
    """What a document says in addition once its job is over, or of the failure it is to be tried again for."""
    if status == states.FINISHED:
        return {"result": result or {}, "result_url": result_url}
    return {"error": error} if error else {}
