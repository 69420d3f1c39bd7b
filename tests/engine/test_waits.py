"""How long a job in line will wait: what is ahead of it, at the pace of the last minutes, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

import clock
from extensions import db, db_now, transaction
from models import Job, QueueState
from services.jobs import line, reads, waits
from services.jobs.line import MAX_POSITION, Line
from services.jobs.registry import QUEUES
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.waits import Pace, QueueFacts, wait
from store.workers import WorkerRecord
from tests.conftest import RunJobs

Told = Callable[[str], dict[str, Any]]
STEADY = Pace(mean_seconds=10.0, deviation_seconds=0.0, ended=100)


def _facts(**known: QueueFacts) -> dict[str, QueueFacts]:
    return {queue: known.get(queue, QueueFacts(workers=2)) for queue in QUEUES}


@pytest.mark.parametrize(
    ("facts", "ahead", "seconds"),
    [
        (_facts(default=QueueFacts(workers=1, jobs=STEADY)), {}, 10.0),
        (_facts(default=QueueFacts(workers=1, jobs=STEADY)), {"default": 5}, 60.0),
        (_facts(default=QueueFacts(workers=2, jobs=STEADY)), {"default": 5}, 30.0),
        (_facts(default=QueueFacts(workers=0, jobs=STEADY)), {"default": 5}, None),  # nobody is there
        (_facts(default=QueueFacts(workers=1)), {"default": 5}, None),  # nothing has ended lately
        (_facts(default=QueueFacts(workers=1, jobs=STEADY, paused=True)), {}, None),
        (_facts(high=QueueFacts(2, jobs=STEADY), default=QueueFacts(2, jobs=STEADY)), {"high": 3, "default": 1}, 25.0),
        (_facts(default=QueueFacts(2, jobs=STEADY)), {"high": 3}, None),  # what is urgent has no pace
        (_facts(high=QueueFacts(2, paused=True), default=QueueFacts(2, jobs=STEADY)), {"high": 3}, 5.0),
        (_facts(default=QueueFacts(2, jobs=STEADY), low=QueueFacts(2, jobs=STEADY)), {"default": 1}, 10.0),  # of `low`
        (_facts(default=QueueFacts(1, jobs=STEADY, parents=2, children_waiting=900)), {}, 14.0),  # a turn of each
        (
            _facts(
                high=QueueFacts(1, children=Pace(1.0, 0.0, 50), children_waiting=300),
                default=QueueFacts(1, jobs=STEADY),
            ),
            {},
            310.0,  # children of a queue that is served earlier are all done first
        ),
    ],
)
def test_it_adds_up_what_comes_first(
    facts: dict[str, QueueFacts], ahead: dict[str, int], seconds: float | None
) -> None:
    left = wait("low" if facts["low"].jobs else "default", ahead, facts)
    assert (left and left.seconds) == seconds


def test_its_range_is_wide_where_little_is_known() -> None:
    def width(pace: Pace | None) -> float:
        left = wait("default", {"default": 9}, _facts(default=QueueFacts(workers=1, jobs=pace)))
        assert left is not None
        return left.high_seconds - left.low_seconds

    assert width(Pace.of([10.0] * 50)) == 0
    assert width(Pace.of([10.0])) > width(Pace.of([5.0, 15.0])) > width(Pace.of([5.0, 15.0] * 20)) > 0


def test_places_count_the_urgent_first_and_end_somewhere() -> None:
    places: dict[str, list[line.Place]] = {queue: [] for queue in QUEUES} | {
        "high": [(5.0, "a")],
        "default": [(1.0, "b"), (2.0, "c")],
    }
    seen = Line(places)
    assert seen.ahead("default", (2.0, "c")) == {"system": 0, "high": 1, "default": 1}
    assert seen.ahead("high", (5.0, "a")) == {"system": 0, "high": 0}
    assert line._position({"high": MAX_POSITION, "default": 3}) == MAX_POSITION


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_workers(count: int, age_seconds: float = 0.0) -> None:
        def read(_redis: object) -> list[WorkerRecord]:
            fields: dict[str, Any] = dict.fromkeys(WorkerRecord.__dataclass_fields__)
            seen_at = clock.now() - age_seconds
            return [WorkerRecord(**(fields | {"queues": QUEUES, "heartbeat_at": seen_at}))] * count

        monkeypatch.setattr(waits, "read_workers", read)

    return set_workers


def test_the_document_tells_it(app: Flask, run_jobs: RunJobs, told: Told, alive: Callable[..., None]) -> None:
    alive(2)
    for _ in range(3):
        submit("count")
    run_jobs()
    with transaction() as session:
        session.execute(update(Job).values(started_at=Job.ended_at - 10))
    ids = [submit("count").job_id for _ in range(4)]
    document = told(ids[-1])
    assert (document["queue_position"], document["queue_paused"]) == (4, False)
    assert document["queue_wait_seconds"] == pytest.approx([20, 20], abs=2)


@pytest.mark.parametrize("why", ["no worker", "silent workers", "nothing ended", "ended long ago", "paused"])
def test_the_document_tells_nothing_that_it_cannot_know(
    app: Flask, run_jobs: RunJobs, told: Told, alive: Callable[..., None], why: str
) -> None:
    alive(0 if why == "no worker" else 2, age_seconds=100 if why == "silent workers" else 0)
    if why != "nothing ended":
        submit("count")
        run_jobs()
    if why == "ended long ago":
        with transaction() as session:
            session.execute(update(Job).values(ended_at=db_now() - 1000))
    if why == "paused":
        with transaction() as session:
            session.add(QueueState(name="default", paused=True, changed_at=0.0))
    document = told(submit("count").job_id)
    assert (document["queue_position"], document["queue_wait_seconds"]) == (1, None)
    assert document["queue_paused"] is (why == "paused")


def test_children_show_the_pace_where_there_is_no_other(runner: Runner, told: Told, alive: Callable[..., None]) -> None:
    alive(1)
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    seen = waits.look()["default"]
    assert (seen.parents, seen.workers) == (1, 1)
    assert seen.jobs is not None
    assert seen.jobs.ended + seen.children_waiting == 60
    assert told(submit("count").job_id)["queue_wait_seconds"] is not None


def test_a_new_job_is_never_told_the_place_of_an_old_look(app: Flask, told: Told) -> None:
    places = [told(submit("count").job_id)["queue_position"] for _ in range(5)]
    assert places == [1, 2, 3, 4, 5]


Statements = list[tuple[str, Any]]


@pytest.fixture
def statements(app: Flask) -> Statements:
    """What the database is asked, with the parameters."""
    said: Statements = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", hear)
    return said


def test_many_who_wait_cost_no_more_statements_than_one(app: Flask, statements: Statements) -> None:
    ids = [submit("count").job_id for _ in range(100)]
    db.session.rollback()

    def cost(asked: list[str]) -> int:
        app.extensions.pop("backbeat_line", None)
        statements.clear()
        reads.progress_of_many(asked)
        return len(statements)

    assert cost(ids) == cost(ids[:1]) <= 5
    statements.clear()
    reads.progress_of_many(ids)
    assert len(statements) == 1, "a look lasts for a while"


def test_the_line_is_read_by_its_index(app: Flask, statements: Statements) -> None:
    line._look_at_line()
    asked, parameters = next(one for one in statements if "UNION ALL" in one[0])
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":  # which would rather read a whole table while it is empty
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")  # as it would rather, with few rows and fresh figures
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[connection.dialect.name]
    plan = str(connection.exec_driver_sql(explain + asked, parameters).all())
    assert plan.count("ix_job_line") == len(QUEUES)
