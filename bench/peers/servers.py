"""The peers' servers, started by their own environment on a Redis of the caller's, and what each is asked."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers import environment
from bench.servers import ROOT, answers, free_port, process, wait_for

BARE = "bare Flask"
CONFIG = Path(__file__).with_name("served.py")
QUEUED = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a peer is asked: an address of a server whose first process is `pid`."""

    name: str
    url: str
    pid: int


@contextmanager
def gunicorn(app: str, redis_url: str = "") -> Iterator[tuple[str, int]]:
    """The address and the process id of one that serves `module:app` by one sync process."""
    port = free_port()
    command = [environment.program("gunicorn"), "-c", str(CONFIG), "-b", f"127.0.0.1:{port}", app]
    with process(command, {"REDIS_URL": redis_url}) as server:
        yield f"http://127.0.0.1:{port}", server.pid


@contextmanager
def bare() -> Iterator[Asked]:
    """A bare Flask endpoint: what all else is told in parts of."""
    environment.ready()
    with gunicorn("bench.peers.bare:app") as (base, pid):
        yield _up(Asked(BARE, f"{base}/hello", pid))


@contextmanager
def peers(redis_url: str) -> Iterator[list[Asked]]:
    """Everything the peers offer to somebody who polls, up and answering. `redis_url`: a unix socket."""
    environment.ready()
    with ExitStack() as stack:
        flower_base, flower_pid = stack.enter_context(flower(redis_url))
        ids = _seed(redis_url)
        site, site_pid = stack.enter_context(gunicorn("bench.peers.site:application", redis_url))
        board, board_pid = stack.enter_context(gunicorn("bench.peers.dashboard:app", redis_url))
        asked = (
            Asked("celery-progress", f"{site}/celery-progress/{ids['progress']}/", site_pid),
            Asked("rq-dashboard, a job", f"{board}/rq/0/data/job/{ids['rq']}.json", board_pid),
            Asked("rq-dashboard, 8 jobs", f"{board}/rq/0/data/jobs/default/queued/8/asc/1.json", board_pid),
            Asked("rq-dashboard, 100 jobs", f"{board}/rq/0/data/jobs/default/queued/100/asc/1.json", board_pid),
            Asked("django-rq, stats", f"{site}/rq/stats.json/peer/", site_pid),
            Asked("flower, a task", f"{flower_base}/api/task/info/{ids['celery']}", flower_pid),
        )
        yield [_up(one) for one in asked]


@contextmanager
def flower(redis_url: str) -> Iterator[tuple[str, int]]:
    """Flower with the one Celery worker whose events it follows."""
    port = free_port()
    environ = {"REDIS_URL": redis_url, "FLOWER_UNAUTHENTICATED_API": "true"}
    celery = [environment.program("celery"), "-A", "bench.peers.tasks"]
    options = (f"--port={port}", "--address=127.0.0.1", "--logging=error")
    with (
        process([*celery, "worker", "-E", "--pool=solo", "--loglevel=error"], environ),
        process([*celery, "flower", *options], environ) as server,
    ):
        base = f"http://127.0.0.1:{port}"
        # A task whose events it has not seen is unknown to it, so it must follow them first.
        wait_for(lambda: answers(f"{base}/api/workers?refresh=1"))
        yield base, server.pid


def _seed(redis_url: str) -> dict[str, str]:
    command = [environment.program("python"), "-m", "bench.peers.seed", str(QUEUED)]
    environ = {"REDIS_URL": redis_url, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=True, text=True).stdout
    ids: dict[str, str] = json.loads(said)
    return ids


def _up(asked: Asked) -> Asked:
    wait_for(lambda: answers(asked.url))
    return asked
