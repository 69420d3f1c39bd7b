"""What was told from the rows while Redis was away is not taken back once it answers, and holds what it held before."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import event

import clock
from extensions import db
from services.jobs import reads
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Outcome, Work
from store import outages
from store.progress import LIVE_TTL_SECONDS, ProgressStore
from tests.engine.conftest import SetScript

Told = Callable[[str], dict[str, Any]]


def _away(*_: object, **__: object) -> None:
    raise RedisConnectionError("gone")


def test_it_tells_no_less_of_a_parent_whose_document_is_behind(
    runner: Runner, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("fan_out", params={"to": 200}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    live = told(job_id)["progress"]
    with monkeypatch.context() as outage:
        for name in ("read_many", "write", "take_refresh_slot"):
            outage.setattr(ProgressStore, name, _away)
        runner.deliver_children(job_id)
        degraded = told(job_id)
    assert degraded["degraded"]
    assert degraded["progress"] > live
    assert told(job_id)["progress"] >= degraded["progress"]


def test_what_is_live_and_no_less_is_told_as_it_is(
    runner: Runner, told: Told, script: SetScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def half_way(work: Work) -> Outcome:
        work.progress.step("counting", total=10)
        work.progress.advance(5)
        with monkeypatch.context() as outage:
            outage.setattr(ProgressStore, "read_many", _away)
            told(work.job.id)
        work.progress.flush()
        seen.append(told(work.job.id))
        return Outcome(result={})

    script(half_way)
    runner.deliver(submit("scripted").job_id, 1)
    assert "degraded" not in seen[0]
    assert seen[0]["progress"] > 0


def test_it_asks_the_database_no_longer_than_an_old_document_can_live(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("count", params={"to": 5}).job_id
    runner.deliver(job_id, 1)
    outages.note()
    assert _statements(job_id) > 0
    now = clock.monotonic
    monkeypatch.setattr(clock, "monotonic", lambda: now() + 2 * LIVE_TTL_SECONDS)
    assert _statements(job_id) == 0


def _statements(job_id: str) -> int:
    """How many statements one poll takes."""
    made: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    event.listen(db.engine, "before_cursor_execute", heard)
    reads.progress(job_id)
    event.remove(db.engine, "before_cursor_execute", heard)
    return len(made)


def test_it_is_known_to_all_that_are_forked_from_one() -> None:
    outages.share_from_now_on()
    pid = os.fork()
    if pid == 0:
        outages.note()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert outages.seconds_since_last() < 60
