"""Each step with its time: while the job runs, at its end however it ends, and from SQL as from Redis."""

from collections.abc import Callable
from typing import Any

import pytest

from errors import TransientError
from extensions import db, redis
from models import Job
from services.jobs import operations, steps
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import HandBack, Outcome, Work
from tests.conftest import RunJobs
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass, in seconds, for whoever measures durations."""
    now = [1000.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def _statuses(document: dict[str, Any]) -> list[tuple[str, str, float | None]]:
    return [(step["name"], step["status"], step["seconds"]) for step in document["steps"]]


def test_it_tells_what_is_done_what_runs_and_what_waits(
    runner: Runner, told: Told, script: SetScript, passes: Callable[[float], None]
) -> None:
    seen: list[Any] = []

    def two_steps(work: Work) -> Outcome:
        seen.append(_statuses(told(work.job.id)))
        passes(3)
        work.progress.step("writing")
        passes(2)
        work.progress.message("soon")
        seen.append(_statuses(told(work.job.id)))
        db.session.rollback()
        return Outcome()

    script(two_steps)
    job_id = submit("scripted").job_id
    seen.append(_statuses(told(job_id)))
    runner.deliver(job_id, 1)
    assert seen == [
        [("counting", "waiting", None), ("writing", "waiting", None)],
        [("counting", "running", 0.0), ("writing", "waiting", None)],
        [("counting", "done", 3.0), ("writing", "running", 2.0)],
    ]
    assert [step["label"] for step in told(job_id)["steps"]] == ["Counting", "Writing it down"]


def _raise(error: Exception) -> Callable[[], Outcome]:
    def end() -> Outcome:
        raise error

    return end


@pytest.mark.parametrize(
    ("end", "status", "second_step"),
    [
        (Outcome, "finished", "done"),
        (_raise(ValueError("no")), "failed", "waiting"),
        (_raise(TransientError("not now")), "queued", "waiting"),
        (_raise(HandBack("stop")), "queued", "waiting"),
    ],
)
def test_it_keeps_the_times_however_the_attempt_ends(
    runner: Runner,
    row: Row,
    told: Told,
    script: SetScript,
    passes: Callable[[float], None],
    end: Callable[[], Outcome],
    status: str,
    second_step: str,
) -> None:
    def work_and_end(work: Work) -> Outcome:
        passes(3)
        work.progress.step("writing")
        passes(2)
        return end()

    script(work_and_end)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).steps == [{"name": "counting", "seconds": 3.0}, {"name": "writing", "seconds": 2.0}]
    assert row(job_id).status == status
    from_redis = told(job_id)
    redis.client.flushall()
    from_sql = told(job_id)
    assert from_redis["steps"] == from_sql["steps"]
    assert from_sql["steps"][1]["status"] == second_step
    waits = status == "queued"  # the next attempt has spent nothing yet
    assert [step["seconds"] for step in from_sql["steps"]] == ([None, None] if waits else [3.0, 2.0])


def test_it_keeps_the_times_of_a_canceled_attempt(runner: Runner, row: Row, script: SetScript) -> None:
    def stop(work: Work) -> Outcome:
        work.lease.cancel_requested = True
        work.checkpoint()
        return Outcome()

    script(stop)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    job = row(job_id)
    assert (job.status, [step["name"] for step in job.steps or []]) == ("canceled", ["counting"])


def test_the_lease_keeper_copies_them_into_the_row(runner: Runner, row: Row, script: SetScript) -> None:
    seen: list[Any] = []

    def one_tick(work: Work) -> Outcome:
        work.progress.step("writing")
        runner.keeper._renew(work.lease)
        seen.append([step["name"] for step in row(work.job.id).steps or []])
        db.session.rollback()
        return Outcome()

    script(one_tick)
    runner.deliver(submit("scripted").job_id, 1)
    assert seen == [["counting", "writing"]]


def test_a_new_attempt_begins_without_those_of_the_last(runner: Runner, row: Row, script: SetScript) -> None:
    seen: list[Any] = []

    def look(work: Work) -> Outcome:
        seen.append(row(work.job.id).steps)
        db.session.rollback()
        raise TransientError("again")

    script(look)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    runner.deliver(job_id, 2)
    assert seen == [None, None]


def test_a_parents_last_step_lasts_while_its_children_run(
    runner: Runner, run_jobs: RunJobs, row: Row, told: Told
) -> None:
    job_id = submit("fan_out", params={"to": 30}).job_id
    runner.deliver(job_id, 1)
    assert [status for _, status, _ in _statuses(told(job_id))] == ["done", "running"]
    run_jobs()
    job = row(job_id)
    spent = {step["name"]: step["seconds"] for step in job.steps or []}
    assert list(spent) == ["counting", "writing"]
    assert sum(spent.values()) == pytest.approx((job.ended_at or 0) - (job.started_at or 0), abs=0.5)
    assert [status for _, status, _ in _statuses(told(job_id))] == ["done", "done"]


def test_a_parent_that_goes_on_after_a_retry_has_its_first_step_behind_it(runner: Runner, told: Told) -> None:
    job_id = submit("fan_out", params={"to": 40}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    operations.cancel(job_id)
    operations.retry(job_id)
    first, second = _statuses(told(job_id))
    assert (first, second[1]) == (("counting", "done", None), "running"), "its time was spent in the attempt before"


def test_children_have_theirs(runner: Runner, told: Told) -> None:
    job_id = submit("fan_out", params={"to": 1}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    child = told(job_id)["children"][0]
    assert child["position"] == 0
    assert [status for _, status, _ in _statuses(told(child["job_id"]))] == ["done", "done"]


def test_a_type_of_another_release_has_none() -> None:
    assert steps.told("of_the_next_release", "started", "dreaming", [{"name": "dreaming", "seconds": 1.0}]) == []
