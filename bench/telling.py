"""What a report of a running job costs: one that is put off, and one that is written."""

import time
from typing import Any

import clock
from extensions import redis
from services.jobs.claims import Claim
from services.jobs.progress import Reporter
from services.jobs.registry import job_type
from services.jobs.timings import TimingBook
from store.progress import ProgressStore

ADVANCES, WRITES = 200_000, 200


def costs() -> dict[str, float]:
    """Microseconds of an `advance` in a tight loop, some of which are written, and of one that is; its round trips."""
    client = CountingClient(redis.client)
    reporter = Reporter(_claim(), job_type("paced"), ProgressStore(client), TimingBook())  # type: ignore[arg-type] # answers as a client does
    reporter.step("working", total=ADVANCES)
    return {"advance_microseconds": _put_off(reporter), **_written(reporter, client)}


def _put_off(reporter: Reporter) -> float:
    began = time.perf_counter()
    for _ in range(ADVANCES):
        reporter.advance()
    return (time.perf_counter() - began) / ADVANCES * 1e6


def _written(reporter: Reporter, client: "CountingClient") -> dict[str, float]:
    before = client.calls
    began = time.perf_counter()
    for _ in range(WRITES):
        reporter.step("working", total=ADVANCES)
    seconds = time.perf_counter() - began
    return {
        "written_microseconds": seconds / WRITES * 1e6,
        "round_trips": (client.calls - before) / WRITES,
    }


class CountingClient:
    """Counts what is asked of Redis."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._client, name)


def _claim() -> Claim:
    now = clock.now()
    return Claim(
        id="telling",
        type="paced",
        attempt=1,
        max_attempts=1,
        crash_count=0,
        queue="default",
        parent_id=None,
        target_type=None,
        target_id=None,
        title="",
        params={},
        owner_id=None,
        version=1,
        created_at=now,
        started_at=now,
        children_total=None,
        dispatch_no=0,
    )
