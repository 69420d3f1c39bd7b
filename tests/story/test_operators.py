"""What operators do, with every process running: pausing for a while, and workers that leave."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Stack, running
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("operators") / "data"
    with running(folder, WORKERS="2", LRCLIB_URL="http://127.0.0.1:9") as started:
        yield started


def _queue(stack: Stack, name: str) -> dict[str, Any]:
    return next(queue for queue in stack.get("/api/queue/status")["queues"] if queue["name"] == name)


def _workers(stack: Stack) -> set[str]:
    return {worker["name"] for worker in stack.get("/api/worker/health")["workers"]}


def test_a_queue_goes_on_by_itself_when_its_pause_is_over(stack: Stack) -> None:
    stack.post("/api/queue/high/pause", reason="backup", for_seconds=4)
    song = stack.get("/api/songs?limit=1")["songs"][0]["id"]
    job_id = stack.post(f"/api/songs/{song}/analyze")["job_id"]
    assert stack.get(f"/api/progress/{job_id}")["status"] == "queued"
    assert _queue(stack, "high")["paused"]
    assert stack.ended(job_id)["status"] == "finished"
    assert not _queue(stack, "high")["paused"]
    ((actor,),) = stack.rows("SELECT actor FROM audit_entry WHERE action = 'resume'")
    assert actor == "the clock"


def test_a_worker_that_is_to_restart_comes_back_as_another(stack: Stack) -> None:
    before = _workers(stack)
    leaver = min(before)
    stack.post(f"/api/worker/{leaver}/leave", then="restart")
    wait_until(lambda: leaver not in _workers(stack) and len(_workers(stack)) == 2, "another has taken its place")
    assert len(before & _workers(stack)) == 1


def test_a_worker_that_is_to_stop_stays_away_and_the_other_is_still_looked_after(stack: Stack) -> None:
    leaver, other = sorted(_workers(stack))
    stack.post(f"/api/worker/{leaver}/leave", then="stop")
    wait_until(lambda: _workers(stack) == {other} and len(stack.processes("worker")) == 1, "it has left")
    (process,) = stack.processes("worker")
    process.kill()  # a crash, in contrast
    wait_until(lambda: len(_workers(stack) - {other}) == 1, "the killed one was started again", within_seconds=40)
    assert len(stack.processes("worker")) == 1
