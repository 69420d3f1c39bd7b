"""Workers and lines as the pure parts take them, at the instant `NOW`."""

from dataclasses import replace

from services.fleet.glance import Glance
from services.fleet.lines import Line, Pause
from services.jobs.registry import QUEUES
from store.workers import WorkerRecord

VERSION = "1+aaaa"
NOW = 1_800_000_000.0


def worker(name: str = "w1", *, silent_seconds: float = 0.0, idle_seconds: float | None = None) -> WorkerRecord:
    """One that serves all queues."""
    return WorkerRecord(
        name=name,
        host="here",
        pid=1,
        state="idle",
        queues=QUEUES,
        heartbeat_at=NOW - silent_seconds,
        jobs_done=0,
        jobs_failed=0,
        started_at=NOW - 100,
        version=VERSION,
        memory_bytes=0,
        ring="",
        idle_since=None if idle_seconds is None else NOW - idle_seconds,
        leaves="",
        told_by="",
    )


def line(
    queue: str, wait_seconds: float | None = None, *, pause: Pause | None = None, has_waiting: bool | None = None
) -> Line:
    waits = wait_seconds is not None if has_waiting is None else has_waiting
    return Line(queue, wait_seconds, 60.0, waits, pause)


WELL = Glance([worker()], {queue: line(queue) for queue in QUEUES}, 1.0, 0)


def with_line(changed: Line) -> Glance:
    return replace(WELL, lines={**WELL.lines, changed.queue: changed})
