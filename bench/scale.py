"""`python -m bench.scale`: how the cost of what people and workers do grows with jobs in SQL, in queues, in parents.

With 1,000 to 1,000,000 jobs in SQL, half of them waiting; with up to 100,000 rings in each queue of Redis; and with
parents of 100 to 10,000 children, done by one worker. Each operation is timed in this process, turn by turn, and the
median told: what counts is how it grows, as the exponent of a fit.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from redis import Redis
from sqlalchemy import select

import clock
from app import create_app
from bench import noop
from bench.console_seed import fill, jobs
from bench.figures import middle
from bench.measuring import finish, parser
from bench.noise import memory_megabytes
from bench.results import Curve, Findings
from bench.running import begin
from bench.servers import ROOT, folder, process, python, redis_server, wait_for
from extensions import current_settings, db
from models import Job, User
from services.jobs import children, states
from services.jobs.lease import LeaseKeeper
from services.jobs.registry import QUEUES
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.timings import TimingBook

IN_SQL = (1_000, 10_000, 100_000, 1_000_000)
IN_QUEUES = (0, 1_000, 10_000, 100_000)
CHILDREN = (100, 1_000, 10_000)
WARM_UPS = 3
WHOLE_JOB = "submit, claim, run and end"

Operation = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Site:
    """The application, a client of its pages and a runner of its jobs, all in this process."""

    app: Flask
    runner: Runner
    redis: Any

    def operations(self) -> Mapping[str, Operation]:
        client = self.app.test_client()
        waiting, live = submit(noop.ALONE).job_id, submit(noop.ALONE).job_id
        begin(self.app, [live])

        def asks(address: str) -> Operation:
            return lambda: self._expect_200(client.get(address))

        return {
            "submit": lambda: submit(noop.ALONE),
            "poll of a waiting job": asks(f"/api/progress/{waiting}"),
            "poll of a running job": asks(f"/api/progress/{live}"),
            "list of jobs": asks("/api/jobs"),
            "queue status": asks("/api/queue/status"),
            WHOLE_JOB: lambda: self.runner.deliver(submit(noop.ALONE).job_id, 1),
        }

    @staticmethod
    def _expect_200(answer: Any) -> None:
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.request.path} answered {answer.status_code}: {answer.text[:300]}")


@contextmanager
def site() -> Iterator[Site]:
    """An empty database as in use, and a Redis, in the app's context."""
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        url = stack.enter_context(redis_server(where))
        app = create_app(data_dir=where / "data", redis_url=url, log_level="error")
        stack.enter_context(app.app_context())
        upgrade(str(ROOT / "migrations"))
        db.session.add(User(id=1, name="My library", created_at=clock.now()))
        db.session.commit()
        yield Site(app, stack.enter_context(_runner(app)), stack.enter_context(Redis.from_url(url)))
        db.session.remove()


@contextmanager
def _runner(app: Flask) -> Iterator[Runner]:
    settings = current_settings()
    keeper = LeaseKeeper(db.engine, lease_seconds=settings.lease_seconds, tell_parent=children.teller(app))
    keeper.start()
    try:
        yield Runner(settings, "bench", "here:bench", keeper, TimingBook())
    finally:
        keeper.stop()


def timed(operations: Mapping[str, Operation], times: int) -> dict[str, float]:
    """The median of each in ms, all done in turn."""
    taken: dict[str, list[float]] = {name: [] for name in operations}
    for number in range(WARM_UPS + times):
        for name, operation in operations.items():
            began = time.perf_counter()
            operation()
            if number >= WARM_UPS:
                taken[name].append((time.perf_counter() - began) * 1000)
    return {name: middle(values) for name, values in taken.items()}


def in_sql(sizes: Sequence[int], times: int) -> list[Curve]:
    """By the number of jobs in the database, which grows from size to size."""
    costs: list[dict[str, float]] = []
    there = 0
    with site() as here:
        for size in sizes:
            _say(f"{size:,} jobs in SQL")
            dice = random.Random(size)  # noqa: S311 - the same database each time
            fill(Job, jobs(size - there, clock.now(), dice))
            there = size
            _learn_statistics()
            costs.append(timed(here.operations(), times))
    return curves("sql", "Jobs in SQL", sizes, costs)


def _learn_statistics() -> None:
    """As the janitor has the database do now and then."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def in_queues(sizes: Sequence[int], times: int) -> list[Curve]:
    """By the number of rings that wait in each queue of Redis."""
    costs: list[dict[str, float]] = []
    there = 0
    with site() as here:
        for size in sizes:
            _say(f"{size:,} rings in each queue")
            for queue in QUEUES if size > there else ():
                here.redis.rpush(f"rq:queue:{queue}", *(f"waiting-{n}" for n in range(there, size)))
            there = size
            costs.append(timed(here.operations(), times))
    # There is no logarithm of an empty queue.
    return curves("queues", "Rings in each queue", [max(1, size) for size in sizes], costs)


def of_parents(sizes: Sequence[int]) -> tuple[list[Curve], dict[str, float]]:
    """By the number of a parent's children: what each of them costs, from its submission to the parent's end; and what
    memory a worker takes meanwhile."""
    costs: list[dict[str, float]] = []
    megabytes = 0.0
    for size in sizes:
        _say(f"a parent of {size:,}")
        seconds, megabytes = one_parent(size)
        costs.append({"each child, by one worker": 1000 * seconds / size})
    return curves("children", "Children of one parent", sizes, costs), {"worker_megabytes": megabytes}


def one_parent(size: int) -> tuple[float, float]:
    """Seconds from its submission to its end, with a worker and a janitor that were up before; and MB of the worker."""
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        url = stack.enter_context(redis_server(where))
        app = create_app(data_dir=where / "data", redis_url=url, log_level="error")
        stack.enter_context(app.app_context())
        upgrade(str(ROOT / "migrations"))
        environ = {"DATA_DIR": str(where / "data"), "REDIS_URL": url, "LOG_LEVEL": "error"}
        stack.enter_context(process(python("workers.janitor"), environ))
        worker = stack.enter_context(process(python("bench.worker"), environ))
        first = submit("many", params={"children": 1}).job_id
        wait_for(partial(_is_over, first))
        began = time.perf_counter()
        parent = submit("many", params={"children": size}).job_id
        wait_for(partial(_is_over, parent), within_seconds=600)
        return time.perf_counter() - began, memory_megabytes(worker.pid)


def _is_over(job_id: str) -> bool:
    """:raise RuntimeError: if it ended otherwise than it should."""
    status = db.session.scalar(select(Job.status).where(Job.id == job_id))
    db.session.rollback()
    if status in states.ENDED and status != states.FINISHED:
        raise RuntimeError(f"job {job_id} ended as {status}, and it does nothing that could fail")
    return status == states.FINISHED


def curves(group: str, title: str, sizes: Sequence[int], costs: Sequence[Mapping[str, float]]) -> list[Curve]:
    """One for each operation, in ms."""
    xs = [float(size) for size in sizes]
    return [
        Curve(f"{group}: {name}", title, name, "ms", xs, [cost[name] for cost in costs], group) for name in costs[0]
    ]


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


def measure(times: int, *, is_quick: bool) -> Findings:
    noop.register()
    sql, queues, parents = (IN_SQL[:2], IN_QUEUES[:2], (10, 30)) if is_quick else (IN_SQL, IN_QUEUES, CHILDREN)
    by_sql, by_queues, (by_children, facts) = in_sql(sql, times), in_queues(queues, times), of_parents(parents)
    # In this process, without a fork: what is left is what both write to the database, for the most part.
    costs = {curve.of: curve.costs[-1] for curve in by_sql}
    facts |= {"write_milliseconds": costs[WHOLE_JOB], "submit_milliseconds": costs["submit"]}
    return Findings("scale", curves=[*by_sql, *by_queues, *by_children], facts=facts)


def main() -> int:
    options = parser(__doc__, rounds=1)
    options.add_argument("--times", type=int, default=30, help="how often each operation is timed; default=30")
    told = options.parse_args()
    return finish(told, lambda _effort: measure(5 if told.quick else told.times, is_quick=told.quick))


if __name__ == "__main__":
    sys.exit(main())
