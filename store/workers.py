"""What workers say of themselves, and what they are told: RQ's own record of each, and ours beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq.command import send_command
from rq.defaults import RQ_KEY_PREFIX
from rq.worker_registration import REDIS_WORKER_KEYS

import clock
from store import keys
from store.redis_state import RedisState, redis_state

RECORD_TTL_SECONDS = 7 * 24 * 3600
# A worker that has shown no sign of life for this long is forgotten.
FORGOTTEN_AFTER_SECONDS = 24 * 3600

STOP_AFTER_JOB = "stop-after-job"  # the name of our command, sent where RQ sends its own
STOP, RESTART = "stop", "restart"  # what becomes of a worker that has left: it stays away, or is started again


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """One worker as it last described itself; instants are by the clock of whoever reads, whatever that host's says."""

    name: str
    host: str
    pid: int
    state: str  # RQ's word; empty once RQ has forgotten it
    queues: tuple[str, ...]
    heartbeat_at: float
    jobs_done: int
    jobs_failed: int
    started_at: float | None
    version: str
    memory_bytes: int  # the worker's and its horse's
    ring: str  # the ring that it answers now, or answered when it was lost
    idle_since: float | None  # None while it answers one
    leaves: str  # STOP or RESTART if it was told to leave after its job, else empty
    told_by: str
    clock_ahead_seconds: float = 0.0  # of the clock of whoever reads


class WorkerCounts:
    """How many jobs a worker has `done` and `failed`, in its record."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, worker_name: str, counts: Mapping[str, int]) -> None:
        key = keys.worker(worker_name)
        pipeline = self._redis.pipeline(transaction=False)
        for outcome, count in counts.items():
            pipeline.hincrby(key, outcome, count)
        pipeline.expire(key, RECORD_TTL_SECONDS)
        pipeline.execute()


class WorkerRegister:
    """Our own record of each worker.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:workers` | sorted set | none | names of those that have not taken leave, by their last sign of life |
    | `backbeat:worker:<name>` | hash | 7 days | the fields of `WorkerRecord`, and `done`, `failed`, `beat_at`; its
      instants are by the worker's clock, and `clock_ahead_seconds` is how far that is ahead of Redis' |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def beat(self, name: str, at: float, facts: Mapping[str, str | int | float]) -> str:
        """Take down a sign of life with all that is known of the worker; STOP or RESTART if it is to leave, else ''."""
        key = keys.worker(name)
        pipeline = self._redis.pipeline(transaction=False)
        fields: dict[Any, Any] = {**facts, "beat_at": at}
        pipeline.hset(key, mapping=fields)
        pipeline.expire(key, RECORD_TTL_SECONDS)
        pipeline.zadd(keys.workers(), {name: at})
        pipeline.zremrangebyscore(keys.workers(), "-inf", at - FORGOTTEN_AFTER_SECONDS)
        pipeline.hget(key, "leaves")
        told: bytes | None = pipeline.execute()[-1]
        return (told or b"").decode()

    def clock_ahead_seconds(self) -> float:
        """How far the clock of this host is ahead of Redis'."""
        return round(clock.now() - _seconds(self._redis.time()), 3)

    def note_ring(self, name: str, ring: str) -> None:
        """Say which ring the worker answers, so that it is known should the worker be lost."""
        self._redis.hset(keys.worker(name), "ring", ring)

    def take_leave(self, name: str) -> None:
        """The worker ends in good order, and is not to be missed."""
        self._redis.zrem(keys.workers(), name)

    def tell_to_leave(self, name: str, then: str, by: str) -> None:
        """Tell a worker to end after its job: at once by a command, and should that not be heard, at its next beat."""
        self._redis.hset(keys.worker(name), mapping={"leaves": then, "told_by": by})
        self._redis.expire(keys.worker(name), RECORD_TTL_SECONDS)
        send_command(self._redis, name, STOP_AFTER_JOB, then=then)


def read_workers(redis: Redis) -> list[WorkerRecord]:
    """All workers that RQ or we know of, in two round trips, and nothing written."""
    return read_workers_and_state(redis)[0]


def read_workers_and_state(redis: Redis) -> tuple[list[WorkerRecord], RedisState]:
    """The same, with how Redis itself fares."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.smembers(REDIS_WORKER_KEYS)
    pipeline.zrange(keys.workers(), 0, -1)
    pipeline.time()
    pipeline.info("memory")
    pipeline.info("persistence")
    rq_keys, ours, now, memory, persistence = pipeline.execute()
    ahead_seconds = clock.now() - _seconds(now)
    names = sorted({_name(key.decode()) for key in rq_keys} | {name.decode() for name in ours})
    for name in names:
        pipeline.hgetall(f"{RQ_KEY_PREFIX}:worker:{name}")
        pipeline.hgetall(keys.worker(name))
    answers: list[dict[bytes, bytes]] = pipeline.execute()
    told = [_told(*pair) for pair in zip(answers[::2], answers[1::2], strict=True)]
    records = [
        _record(name, fields, ahead_seconds) for name, fields in zip(names, told, strict=True) if "host" in fields
    ]
    return records, redis_state(memory, persistence)


def _seconds(time: tuple[int, int]) -> float:
    """Redis' TIME as one number."""
    return time[0] + time[1] / 1_000_000


def _name(worker_key: str) -> str:
    return worker_key.rpartition(":")[2]


def _told(by_rq: Mapping[bytes, bytes], ours: Mapping[bytes, bytes]) -> dict[str, str]:
    """Both records as one: ours, and what only RQ knows; for a worker that RQ has forgotten ours alone."""
    fields = {name.decode(): value.decode() for name, value in ours.items()}
    if by_rq:
        rq_fields = {name.decode(): value.decode() for name, value in by_rq.items()}
        fields |= {"host": rq_fields.get("hostname", ""), "rq_state": rq_fields.get("state", "")}
        fields |= {"rq_beat": rq_fields.get("last_heartbeat", "")}
        fields |= {name: rq_fields[name] for name in ("pid", "queues") if name in rq_fields}
    return fields


def _record(name: str, fields: Mapping[str, Any], reader_ahead_seconds: float) -> WorkerRecord:
    """`reader_ahead_seconds` is how far the clock of this process is ahead of Redis'."""
    ahead = float(fields.get("clock_ahead_seconds") or reader_ahead_seconds) - reader_ahead_seconds
    return WorkerRecord(
        name=name,
        host=fields["host"],
        pid=int(fields.get("pid") or 0),
        state=fields.get("rq_state", ""),
        queues=tuple(filter(None, fields.get("queues", "").split(","))),
        heartbeat_at=max(_instant(fields.get("rq_beat", "")), float(fields.get("beat_at", 0.0))) - ahead,
        jobs_done=int(fields.get("done", 0)),
        jobs_failed=int(fields.get("failed", 0)),
        started_at=float(fields["started_at"]) - ahead if fields.get("started_at") else None,
        version=fields.get("version", ""),
        memory_bytes=int(fields.get("memory_bytes", 0)),
        ring=fields.get("ring", ""),
        idle_since=float(fields["idle_since"]) - ahead if fields.get("idle_since") else None,
        leaves=fields.get("leaves", ""),
        told_by=fields.get("told_by", ""),
        clock_ahead_seconds=ahead,
    )


def _instant(stamp: str) -> float:
    """RQ writes `2026-11-22T03:38:50.123456Z`."""
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp() if stamp else 0.0


def job_of_ring(ring: str) -> str:
    """The id of the job, or of the children's parent, that a ring is for."""
    return ring.partition("-")[0]


def attempt_of_ring(ring: str) -> int:
    """Which attempt of the job a ring is for; 0 for the ring of a lane."""
    attempt = ring.split("-")[1:2]
    return int(attempt[0]) if attempt and attempt[0].isdigit() else 0
