"""The whole of Backbeat in real processes, as `make run` starts it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import Engine, create_engine, text, update

from config import Settings, read_settings
from models import Schedule
from services.schedules.table import SCHEDULES
from tests import backend
from tests.ops.launching import PROJECT, environment, free_port
from tests.waiting import wait_until
from workers.standby import STANDBY

# Short enough that a test of a lost worker is over soon.
FAST = {"LEASE_SECONDS": "3", "JANITOR_INTERVAL_SECONDS": "0.5", "RETRY_BASE_SECONDS": "0.2", "RING_GRACE_SECONDS": "1"}
ROLES = {
    "worker": "workers.worker",
    "janitor": "workers.janitor",
    "web": "app:create_app()",
    "redis": "redis.sock",
}


class Stack:
    """A running Backbeat: its address, its processes, its database."""

    launcher = "scripts.run"

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self._servers = ExitStack()
        shared = backend.SERVERS.environment(self._servers)
        self.environ = environment(data_dir, **({"PORT": str(free_port())} | FAST | shared | settings))
        self.settings: Settings = read_settings(self.environ)
        self.url = f"http://{self.settings.host}:{self.settings.port}"
        self.log = data_dir.with_suffix(".log")
        self.client = httpx.Client(base_url=self.url, timeout=10)
        self.engine: Engine = create_engine(self.settings.sqlalchemy_url)

    def start(self) -> None:
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.launcher], cwd=PROJECT, env=self.environ, stdout=log, stderr=log
            )
        try:
            wait_until(self._ready, "Backbeat starts", within_seconds=180)
        except AssertionError as e:
            raise AssertionError(f"Backbeat did not start; it said:\n{self.log.read_text()}") from e

    def _ready(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        self.client.close()
        self.engine.dispose()
        self._servers.close()

    def get(self, path: str) -> dict[str, Any]:
        """The JSON of an answer, asked for again while the web server is being restarted."""
        answers: list[httpx.Response] = []

        def answered() -> bool:
            try:
                answers.append(self.client.get(path))
            except httpx.TransportError:
                return False
            return answers[-1].status_code < 500

        wait_until(answered, f"{path} answers", within_seconds=30)
        document: dict[str, Any] = answers[-1].raise_for_status().json()
        return document

    def post(self, path: str, **json: Any) -> dict[str, Any]:
        document: dict[str, Any] = self.client.post(path, json=json or None).raise_for_status().json()
        return document

    def processes(self, role: str) -> list[psutil.Process]:
        """The top process of each program of that role; a `horse` is what runs a job below a worker."""
        family = psutil.Process(self._process.pid).children(recursive=True)
        if role == "horse":
            workers = {process.pid for process in self.processes("worker")}
            return [process for process in family if process.ppid() in workers and not _stands_by(process)]
        mine = [process for process in family if any(ROLES[role] in word for word in _command_line(process))]
        pids = {process.pid for process in mine}
        return [process for process in mine if process.ppid() not in pids]

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def ended(self, job_id: str, *, within_seconds: float = 90) -> dict[str, Any]:
        """The progress document of a job once it is over."""
        over = ("finished", "failed", "canceled")
        wait_until(
            lambda: self.get(f"/api/progress/{job_id}")["status"] in over,
            f"job {job_id} ends",
            within_seconds=within_seconds,
        )
        return self.get(f"/api/progress/{job_id}")


def _pause_schedules(stack: Stack) -> bool:
    """True once the janitor has written them all down, and they are paused, as an operator would."""
    pausing = update(Schedule).values(paused=True, next_at=None, changed_by="tests")
    with stack.engine.begin() as connection:
        return connection.execute(pausing).rowcount == len(SCHEDULES)


def _stands_by(process: psutil.Process) -> bool:
    """Whether it is a horse that no job needs yet, or any more."""
    try:
        return bool(process.name() == STANDBY)
    except psutil.Error:
        return True


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ended while we looked
        return []


@contextmanager
def running(data_dir: Path, **settings: str) -> Iterator[Stack]:
    """A stack in which nothing begins by the clock: a test sees its own jobs only, whatever the time of day."""
    stack = Stack(data_dir, **settings)
    try:
        stack.start()
        wait_until(partial(_pause_schedules, stack), "the schedules are paused")
        yield stack
    finally:
        stack.stop()
