"""`python -m bench.jobs`: what the engine costs around a job that does nothing, beside plain RQ and huey.

- Jobs a second of one worker process, its janitor beside it, in the steady state. Ours commits two transactions for
  each job, with its state, its history and its result; the peers keep a record in Redis, huey none.
- Taking in, rows included; the time from taking in to beginning, of a worker that waits; and what a report costs.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path

from bench import noop, pickups, rq_peer, taking_in, telling
from bench.engine import application, at_work, finished, steady
from bench.huey_peer import rate_of_huey
from bench.measuring import Effort, Suite, Trial, Values, finish, parser
from bench.peers import environment
from bench.results import Aim, Findings, Table
from bench.servers import folder, redis_server
from services.jobs.submit import submit
from services.jobs.submit_many import Order, submit_many
from tests.servers.postgres import postgres

JOBS, PICKUPS, AT_ONCE = 1000, 100, 1000
RQ, SIMPLE, HUEY = "plain RQ", "RQ's SimpleWorker", "huey"
CHILDREN, OWN = "ours, children of one parent", "ours, jobs of their own"
NOT_SHORT = "ours, jobs that are not short"


class Engines:
    """Gives each trial an application of its own."""

    def __init__(self, redis_url: str, where: Path, database_url: str) -> None:
        self._redis_url = redis_url
        self._database_url = database_url
        self._places = (where / f"app{number}" for number in count())

    def rate(self, jobs: int, submit_all: Callable[[], object], type_name: str = "noop") -> Values:
        with application(self._redis_url, next(self._places), self._database_url) as environ:
            submit_all()
            with at_work(environ) as worker_pid:
                return steady(lambda: finished(type_name), jobs, worker_pid)

    def pickups(self, number: int) -> dict[str, float]:
        with application(self._redis_url, next(self._places), self._database_url) as environ, at_work(environ):
            return pickups.ours(number)

    def take_in(self, submit_all: Callable[[], object], jobs: int) -> dict[str, float]:
        with application(self._redis_url, next(self._places), self._database_url):
            submit("noop")  # the first pays for the statements
            return {"jobs_per_second": taking_in.rate(submit_all, jobs)}

    def tell(self) -> dict[str, float]:
        with application(self._redis_url, next(self._places), self._database_url):
            return telling.costs()


def worker_suite(url: str, engines: Engines, jobs: int) -> Suite:
    peer, fewer = environment.program("python"), max(20, jobs // 4)
    rates: dict[str, Callable[[], Values]] = {
        RQ: lambda: rq_peer.rate(url, fewer, "rq.Worker"),
        SIMPLE: lambda: rq_peer.rate(url, jobs, "rq.SimpleWorker"),
        CHILDREN: lambda: engines.rate(jobs, lambda: submit("many", params={"children": jobs})),
        OWN: lambda: engines.rate(jobs, lambda: submit_many([Order("noop")] * jobs)),
    }
    rates[NOT_SHORT] = lambda: engines.rate(fewer, lambda: submit_many([Order(noop.ALONE)] * fewer), noop.ALONE)
    if Path(peer).exists():
        rates[HUEY] = lambda: {"jobs_per_second": rate_of_huey(peer, url, jobs)}
    trials = [Trial(name, lambda _seconds, rate=rate: rate()) for name, rate in rates.items()]  # type: ignore[misc]
    title = f"{jobs} jobs that do nothing ({RQ} and those that are not short: a quarter of them), one worker process"
    return Suite("workers", title, "jobs_per_second", RQ, trials)


def taking_in_suite(url: str, engines: Engines, jobs: int) -> Suite:
    few = max(10, jobs // 5)
    trials = [
        Trial("RQ enqueue_many", lambda _: {"jobs_per_second": taking_in.rq_in_bulk(url, jobs)}),
        Trial("RQ enqueue, one by one", lambda _: {"jobs_per_second": taking_in.rq_one_by_one(url, few)}),
        Trial("ours in bulk", lambda _: engines.take_in(lambda: submit_many([Order("noop")] * jobs), jobs)),
        Trial("ours, one by one", lambda _: engines.take_in(lambda: [submit("noop") for _ in range(few)], few)),
    ]
    title = f"Taking in, {jobs} jobs in bulk or one by one; ours with a row and its history"
    return Suite("taking_in", title, "jobs_per_second", "RQ enqueue_many", trials)


def pickup_suite(url: str, engines: Engines, number: int) -> Suite:
    trials = [
        Trial(RQ, lambda _: rq_peer.pickups(url, number)),
        Trial("ours", lambda _: engines.pickups(number)),
    ]
    title = "From taking in to beginning, the worker idle (one in ten for 2 s)"
    note = (
        "RQ forks when a job comes; ours has a process ready. What is left of the difference is what makes a promise "
        "of it: the row is committed before the ring, and the claim before the beginning, with the first report."
    )
    return Suite("pickup", title, "p50_milliseconds", RQ, trials, note)


def telling_suite(engines: Engines) -> Suite:
    return Suite("telling", "Reports of a job", "advance_microseconds", "", [Trial("ours", lambda _: engines.tell())])


def measure(effort: Effort, all_jobs: int, database_url: str = "") -> Findings:
    jobs, number = effort.size(all_jobs, 50), effort.size(PICKUPS, 5)
    with folder() as where, redis_server(where) as url:
        engines = Engines(url, where, database_url)
        suites = (
            worker_suite(url, engines, jobs),
            taking_in_suite(url, engines, effort.size(AT_ONCE, 50)),
            pickup_suite(url, engines, number),
            telling_suite(engines),
        )
        # A hundred beginnings are many rounds by themselves, and most of their time the worker is idle.
        efforts = (effort, effort, replace(effort, rounds=1), effort)
        tables = [suite.run(for_it) for suite, for_it in zip(suites, efforts, strict=True)]
    workers, taken, picked, told = tables
    aims = [
        Aim("jobs of their own, to plain RQ's", workers.ratio(OWN), 5.0),
        Aim("children, to plain RQ's", workers.ratio(CHILDREN), 5.0),
        Aim("jobs of their own, to SimpleWorker's", workers.quotient(OWN, SIMPLE), 1.0),
        Aim("taking in in bulk, to enqueue_many", taken.ratio("ours in bulk"), 0.5),
        Aim("p50 from taking in to beginning, to RQ's", picked.ratio("ours"), 1.0, at_least=False),
        Aim("microseconds of an advance", told.row("ours").of("advance_microseconds"), 1.5, at_least=False),
        Aim("round trips of a written report", told.row("ours").of("round_trips"), 1.0, at_least=False),
    ]
    return Findings("jobs", tables=tables, aims=aims, facts=facts(workers))


def facts(workers: Table) -> dict[str, float]:
    """What docs/capacity.md is computed from: of a job that does nothing, the time that one worker takes for it, and
    the CPU of the worker with its horses."""
    found = {}
    for name, prefix in ((NOT_SHORT, "job"), (OWN, "short_job")):
        row = workers.row(name)
        found[f"{prefix}_milliseconds"] = 1000 / row.of("jobs_per_second")
        found[f"{prefix}_cpu_milliseconds"] = row.of("worker_CPU_milliseconds")
    return found


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--postgres", action="store_true", help="ours on PostgreSQL instead of SQLite")
    options.add_argument("--jobs", type=int, default=JOBS, help=f"of each trial of a worker; default={JOBS}")
    asked = options.parse_args()
    noop.register()
    with ExitStack() as stack:
        database_url = ""
        if asked.postgres:
            database_url = stack.enter_context(postgres())
        return finish(asked, lambda effort: measure(effort, asked.jobs, database_url))


if __name__ == "__main__":
    sys.exit(main())
