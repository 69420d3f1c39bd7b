"""What every row is given: a folder, a whole Backbeat in real processes, and a Redis of its own."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from flask import Flask
from redis import Redis

import crashpoints
import redis_urls
from app import create_app
from extensions import db
from scripts.supervision.redis_server import find_redis_server
from services.jobs import registry
from tests.faults import effects, invariants
from tests.faults.outcome import Outcome
from tests.faults.shared import SharedStack
from tests.faults.tasks import FAULT_TYPES
from tests.stack import FAST, Stack
from tests.waiting import wait_until

FAST_LEASES: Mapping[str, str] = FAST
PRODUCTION_LEASES: Mapping[str, str] = {
    "LEASE_SECONDS": "45",
    "JANITOR_INTERVAL_SECONDS": "2",
    "RETRY_BASE_SECONDS": "5",
    "RING_GRACE_SECONDS": "10",
}


class FaultStack(Stack):
    """A supervised Backbeat whose processes know the faults' job types too."""

    launcher = "tests.faults.launch"


@contextmanager
def inside(stack: Stack) -> Iterator[Flask]:
    """Backbeat's own code in this process, on the stack's database and Redis: to submit jobs without a page for it."""
    before = dict(registry.JOB_TYPES)
    registry.JOB_TYPES.update(FAULT_TYPES)
    app = create_app(**stack.settings.model_dump() | {"log_level": "error", "crash_at": ""})
    app.extensions["backbeat_redis"].close()
    app.extensions["backbeat_redis"] = redis_urls.client(stack.settings.effective_redis_url)  # a test has patience
    try:
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        app.extensions["backbeat_redis"].close()
        registry.JOB_TYPES.clear()
        registry.JOB_TYPES.update(before)


def started_stack(data_dir: Path, **settings: str) -> Stack:
    """A Backbeat of two workers that runs and is ready, its effects watched; the caller stops it."""
    watched = {"SAMPLE_LIBRARY": "false", "CRASH_AT": ",".join(crashpoints.POINTS)}
    stack = FaultStack(data_dir, **(watched | settings))
    try:
        stack.start()
        effects.watch(stack.engine)
    except BaseException:
        stack.stop()
        raise
    return stack


class RedisProcess:
    """A real Redis server that can die and come back, with its data (`append_only`) or without."""

    def __init__(self, folder: Path, *, append_only: bool) -> None:
        self.socket = Path(tempfile.gettempdir()) / f"backbeat-fault-{uuid4().hex}.sock"
        self.url = f"unix://{self.socket}"
        self._command = [
            *(find_redis_server(folder).program, "--port", "0", "--unixsocket", str(self.socket)),
            *("--dir", str(folder), "--save", "", "--appendonly", "yes" if append_only else "no"),
        ]

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        with Redis.from_url(self.url) as client:
            wait_until(lambda: self.socket.exists() and client.ping(), "Redis answers")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def flush(self) -> None:
        """FLUSHALL: it stays, its data go."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def close(self) -> None:
        self.kill()
        self.socket.unlink(missing_ok=True)


class Kit:
    """`folder` is fresh, empty and for this row only; `tries` says how often the fault is to be made, at least once.

    `pinned` are settings of each stack: what a test is pinned to, as `tests.backend` tells it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tries: int = 1,
        seed: int = 0,
        short: bool = False,
        shared_stack: SharedStack | None = None,
        pinned: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.tries = tries
        self.seed = seed
        self.short = short
        self._shared_stack = shared_stack
        self._pinned = pinned or {}
        self._broken: list[str] = []

    def run(self, fault: Callable[["Kit"], Outcome]) -> Outcome:
        """Make the fault; what every stack must keep, whatever the fault, is looked at in addition."""
        outcome = fault(self)
        return replace(outcome, breaches=tuple(dict.fromkeys((*outcome.breaches, *self._broken))))

    @property
    def leases(self) -> Mapping[str, str]:
        """Settings for rows whose recovery is to be shown as in production, which the short form has no time for."""
        return FAST_LEASES if self.short else PRODUCTION_LEASES

    def fresh(self, name: str) -> Path:
        """The path of something that is not there yet."""
        taken = len(list(self.folder.glob(f"{name}*")))
        return self.folder / f"{name}{taken}"

    @contextmanager
    def stack(self, **settings: str) -> Iterator[Stack]:
        """A running Backbeat without songs, with fast leases unless `settings` say otherwise."""
        with self.stack_of_made_up_jobs(**settings) as stack:
            yield stack
            self._broken += invariants.broken(stack.engine, ended=False)

    @contextmanager
    def stack_of_made_up_jobs(self, **settings: str) -> Iterator[Stack]:
        """The same for rows that write jobs into the tables which nobody ever ran: these keep no invariant."""
        stack = started_stack(self.fresh("data"), **{**self._pinned, **settings})
        try:
            yield stack
        finally:
            stack.stop()

    @contextmanager
    def shared_stack(self, **settings: str) -> Iterator[Stack]:
        """For rows that leave it as it was: all processes up, all jobs over. The short form has one stack for all of
        these, with fast leases; else it is a stack of this row's own, with these `settings`."""
        with self.stack(**settings) if self._shared_stack is None else self._shared_stack.lend() as stack:
            yield stack
            self._broken += invariants.broken(stack.engine, stack.settings.effective_redis_url)

    @contextmanager
    def redis(self, *, append_only: bool) -> Iterator[RedisProcess]:
        """A Redis for `stack(REDIS_URL=redis.url)`."""
        folder = self.fresh("redis")
        folder.mkdir()
        server = RedisProcess(folder, append_only=append_only)
        server.start()
        try:
            yield server
        finally:
            server.close()
