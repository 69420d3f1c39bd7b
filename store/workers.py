"""What RQ's workers say of themselves, and how many of our jobs each has done."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq.worker_registration import REDIS_WORKER_KEYS

from store import keys

COUNTS_TTL_SECONDS = 7 * 24 * 3600


class WorkerCounts:
    """How many jobs a worker has done and failed.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:worker:<name>:counts` | hash | 7 days | `done`, `failed` |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, worker_name: str, outcome: str) -> None:
        key = keys.worker_counts(worker_name)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hincrby(key, outcome, 1)
        pipeline.expire(key, COUNTS_TTL_SECONDS)
        pipeline.execute()


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """One RQ worker as it last described itself; `heartbeat_at` is an instant by that worker's host."""

    name: str
    host: str
    pid: int
    state: str
    queues: tuple[str, ...]
    heartbeat_at: float
    jobs_done: int
    jobs_failed: int


def read_workers(redis: Redis) -> list[WorkerRecord]:
    """All workers that RQ knows of: one read for the names, one pipeline for the rest, and nothing written."""
    known: set[Any] = redis.smembers(REDIS_WORKER_KEYS)
    worker_keys = sorted(key.decode() for key in known)
    pipeline = redis.pipeline(transaction=False)
    for key in worker_keys:
        pipeline.hgetall(key)
        pipeline.hgetall(keys.worker_counts(_name(key)))
    answers = pipeline.execute()
    pairs = zip(worker_keys, answers[::2], answers[1::2], strict=True)
    return [_record(_name(key), fields, counts) for key, fields, counts in pairs if fields]


def _name(worker_key: str) -> str:
    return worker_key.rpartition(":")[2]


def _record(name: str, fields: dict[bytes, bytes], counts: dict[bytes, bytes]) -> WorkerRecord:
    def text(field: bytes) -> str:
        return fields.get(field, b"").decode()

    return WorkerRecord(
        name=name,
        host=text(b"hostname"),
        pid=int(text(b"pid") or 0),
        state=text(b"state"),
        queues=tuple(filter(None, text(b"queues").split(","))),
        heartbeat_at=_instant(text(b"last_heartbeat")),
        jobs_done=int(counts.get(b"done", 0)),
        jobs_failed=int(counts.get(b"failed", 0)),
    )


def _instant(stamp: str) -> float:
    """RQ writes `2026-11-22T03:38:50.123456Z`."""
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp() if stamp else 0.0
