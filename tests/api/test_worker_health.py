"""How the workers fare."""

from datetime import UTC, datetime
from typing import Any

from rq.worker_registration import REDIS_WORKER_KEYS

from extensions import db, db_now, redis, transaction
from models import Heartbeat
from tests.api.client import CheckedClient


def _worker(name: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields: Any = {"hostname": "here", "pid": 7, "state": "idle", "queues": "high,low", "last_heartbeat": stamp}
    redis.client.hset(f"rq:worker:{name}", mapping=fields)
    redis.client.sadd(REDIS_WORKER_KEYS, f"rq:worker:{name}")


def _janitor() -> None:
    with transaction() as session:
        session.add(Heartbeat(name="j", kind="janitor", host="here", pid=8, at=session.scalar(db.select(db_now()))))


def test_it_says_down_without_workers(client: CheckedClient) -> None:
    health = client.get("/api/worker/health").json
    assert (health["health"], health["status"], health["workers"]) == ("down", "down", [])
    assert "worker" in health["reason"]


def test_it_says_degraded_without_a_janitor(client: CheckedClient) -> None:
    _worker("w")
    assert client.get("/api/worker/health").json["health"] == "degraded"


def test_it_says_healthy_and_describes_each_worker(client: CheckedClient) -> None:
    _worker("w")
    _janitor()
    health = client.get("/api/worker/health").json
    assert health["health"] == "healthy"
    (worker,) = health["workers"]
    assert (worker["name"], worker["host"], worker["pid"], worker["queues"]) == ("w", "here", 7, ["high", "low"])
    assert 0 <= worker["heartbeat_age_seconds"] < 30


def test_it_tells_a_worker_to_leave(client: CheckedClient) -> None:
    _worker("w")
    assert client.post("/api/worker/w/leave", json={"then": "stop"}).json["then"] == "stop"
    (worker,) = client.get("/api/worker/health").json["workers"]
    assert (worker["leaving"], worker["told_by"]) == ("stop", "local operator")
    assert client.post("/api/worker/nobody/leave").json["error"] == "no_such_worker"


def test_it_is_ready_with_a_worker_and_a_janitor(client: CheckedClient) -> None:
    assert client.get("/readyz").json["details"].keys() == {"workers", "janitor"}
    _worker("w")
    _janitor()
    assert client.get("/readyz").json == {"success": True, "status": "ready"}
