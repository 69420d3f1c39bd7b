"""Plain RQ and rq-dashboard in real processes: stock workers, started again when they end, as a supervisor would."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.job import Job

from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer import jobs
from tests.ops.launching import PROJECT, free_port
from tests.waiting import wait_until

RESTART_SECONDS = 1.0
# Its own recovery takes up to 15 minutes (a sweep by an idle worker every 810 s); nobody waits for that here.
CAP_SECONDS = 120.0
OVER = {"finished", "failed", "stopped", "canceled", "gone"}


def program(name: str) -> str:
    """A command that came with a package."""
    return str(Path(sys.executable).with_name(name))


class Worker:
    """`rq worker`, kept alive."""

    def __init__(self, url: str, queue: str, log: Path) -> None:
        self._command = [program("rq"), "worker", "--url", url, "--path", str(PROJECT), queue]
        self._log = log
        self._ended_at: float | None = None
        self.start()

    def start(self) -> None:
        self._ended_at = None
        with self._log.open("a") as log:
            self.process = subprocess.Popen(self._command, cwd=PROJECT, stdout=log, stderr=log)

    def revive(self) -> None:
        """Start it again if it ended a second ago."""
        if self.process.poll() is None:
            return
        self._ended_at = self._ended_at or time.monotonic()
        if time.monotonic() - self._ended_at >= RESTART_SECONDS:
            self.start()

    def horse(self) -> psutil.Process:
        """The process that runs its job."""
        return self.horses()[0]

    def horses(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children() if self.process.poll() is None else []


class Site:
    """One Redis, one file of effects, and the workers that were asked for."""

    def __init__(self, kit: Kit, url: str) -> None:
        self.url = url
        # As in the documentation: `Redis()`, which sends again what was not answered.
        self.redis: Redis = Redis(unix_socket_path=url.removeprefix("unix://"))
        self.effects = kit.fresh("effects")
        self.log = kit.folder / "peer.log"
        self.workers: list[Worker] = []
        self.ids: dict[str, str] = {}  # of the job for each effect

    def queue(self, name: str = "default") -> Queue:
        return Queue(name, connection=self.redis)

    def enqueue(
        self, item: str, seconds_before: float = 0.0, seconds_after: float = 0.0, *, queue: str = "default"
    ) -> Job:
        """One job with the effect `item`, tried again up to three times."""
        arguments = (str(self.effects), item, seconds_before, seconds_after)
        job = self.queue(queue).enqueue(jobs.append, args=arguments, retry=Retry(max=3), job_timeout=600)
        self.ids[item] = job.id
        return job

    def work(self, number: int = 1, *, queue: str = "default") -> Worker:
        """The last of `number` new workers, once all are there."""
        wanted = len(self.workers) + number
        self.workers += [Worker(self.url, queue, self.log) for _ in range(number)]
        wait_until(lambda: int(self.redis.scard("rq:workers")) >= wanted, "the workers start", within_seconds=60)
        return self.workers[-1]

    def done(self) -> Counter[str]:
        """How often each effect took place."""
        return Counter(self.effects.read_text().split()) if self.effects.exists() else Counter()

    def statuses(self) -> dict[str, str]:
        """What RQ says of the jobs that it was given, by their effects."""
        found = Job.fetch_many(self.ids.values(), connection=self.redis)
        states = (str(job.get_status(refresh=False).value) if job else "gone" for job in found)
        return dict(zip(self.ids, states, strict=True))

    def all_over(self) -> bool:
        return set(self.statuses().values()) <= OVER

    def wait(self, happens: Callable[[], object], cap_seconds: float = CAP_SECONDS) -> float | None:
        """How long it took, with the workers kept alive meanwhile; None if it did not happen in that time."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < cap_seconds:
            self.revive()
            try:
                if happens():
                    return passed
            except (RedisError, IndexError, psutil.NoSuchProcess):
                pass  # not yet
            time.sleep(0.1)
        return None

    def revive(self) -> None:
        for worker in self.workers:
            worker.revive()

    def outcome(self, items: Sequence[str], recovery_seconds: float | None = None, **more: Any) -> Outcome:
        """The figures for these effects, each of which was to take place once. What RQ still holds is not lost."""
        done, statuses = self.done(), self.statuses()
        lost = sum(done[item] == 0 and statuses.get(item, "gone") in OVER for item in items)
        doubled = sum(max(0, done[item] - 1) for item in items)
        return Outcome(len(items), lost, doubled, recovery_seconds, **more)

    def close(self) -> None:
        """End the workers, and the horses that outlived theirs: whoever has this Redis' address in its command."""
        for process in psutil.process_iter(["cmdline", "pid"]):
            if self.url in (process.info["cmdline"] or []) and process.pid != os.getpid():
                process.kill()
        for worker in self.workers:
            worker.process.wait()
        self.redis.close()


@contextmanager
def site(kit: Kit, url: str) -> Iterator[Site]:
    made = Site(kit, url)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def dashboard(peer: Site) -> Iterator[httpx.Client]:
    """A client of rq-dashboard for that Redis."""
    port = free_port()
    command = [program("rq-dashboard"), "--bind", "127.0.0.1", "--port", str(port), "--redis-url", peer.url]
    with peer.log.open("a") as log, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
        try:
            wait_until(lambda: _answers(client), "rq-dashboard answers", within_seconds=60)
            yield client
        finally:
            process.kill()
            process.wait()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 200
    except httpx.TransportError:
        return False
