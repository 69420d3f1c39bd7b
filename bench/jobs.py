"""`python -m bench.jobs`: jobs a second through the engine, against plain RQ with jobs that do nothing either.

One worker process each, one after the other in every round, on the same Redis server. The rate is that of the steady
state: from a tenth of the jobs to the last. Ours commits two transactions for each job, with the
state, the history and the result; plain RQ keeps its own record in Redis.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from app import create_app
from bench import noop, plain
from bench.servers import folder, process, python, redis_server, wait_for
from extensions import db
from models import Job
from services.jobs import states
from services.jobs.submit import submit


def plain_rq(url: str, jobs: int) -> float:
    with Redis.from_url(url) as redis:
        queue = Queue(f"plain{time.time_ns()}", connection=redis, serializer=JSONSerializer)
        queue.enqueue_many([Queue.prepare_data(plain.noop, result_ttl=600) for _ in range(jobs)])
        rq = str(Path(sys.executable).with_name("rq"))
        with process([rq, "worker", "--serializer", "json", "-u", url, queue.name], {}):
            registry = queue.finished_job_registry
            return steady_rate(lambda: registry.get_job_count(cleanup=False), jobs)


def steady_rate(done: Callable[[], int], jobs: int) -> float:
    """Jobs a second from a tenth of them to the last, so that starting up is not measured."""
    wait_for(lambda: done() >= jobs // 10)
    began, first = time.perf_counter(), done()
    wait_for(lambda: done() >= jobs)
    return (jobs - first) / (time.perf_counter() - began)


def children_of_one_parent(jobs: int) -> Callable[[], None]:
    def submit_parent() -> None:
        submit("many", params={"children": jobs})

    return submit_parent


def jobs_of_their_own(jobs: int) -> Callable[[], None]:
    def submit_all() -> None:
        for _ in range(jobs):
            submit("noop")

    return submit_all


def engine(url: str, where: Path, jobs: int, submit_all: Callable[[], None]) -> float:
    where.mkdir()
    app = create_app(data_dir=where, redis_url=url, log_level="error")
    environ = {"DATA_DIR": str(where), "REDIS_URL": url, "LOG_LEVEL": "error"}
    with app.app_context():
        db.create_all()
        submit_all()
        with process(python("bench.worker"), environ), process(python("workers.janitor"), environ):
            return steady_rate(_done, jobs)


def _done() -> int:
    db.session.rollback()
    finished = select(func.count()).select_from(Job).where(Job.type == "noop", Job.status == states.FINISHED)
    return db.session.scalar(finished) or 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    noop.register()
    rates: dict[str, list[float]] = {"plain RQ": [], "children of one parent": [], "jobs of their own": []}
    with folder() as where, redis_server(where) as url:
        for number in range(options.rounds):
            rates["plain RQ"].append(plain_rq(url, options.jobs))
            for name, way in (
                ("children of one parent", children_of_one_parent),
                ("jobs of their own", jobs_of_their_own),
            ):
                place = where / f"{name.split()[0]}{number}"
                rates[name].append(engine(url, place, options.jobs, way(options.jobs)))
    base = median(rates["plain RQ"])
    print(f"{options.jobs} jobs that do nothing, one worker, {options.rounds} rounds; jobs a second, median [all]")
    for name, values in rates.items():
        rounds = ", ".join(f"{value:.0f}" for value in values)
        print(f"{name:>24}: {median(values):7.1f}  [{rounds}]  x{median(values) / base:.2f} of plain RQ")


if __name__ == "__main__":
    main()
