"""Both servers, each in processes of its own, on one database and one Redis."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from app import create_app
from services.library import users
from tests.ops.launching import PROJECT, environment, free_port
from tests.polls.asking import report, running_job
from tests.waiting import wait_until


class Served:
    """A server that answers at `url`, and a job that runs."""

    def __init__(self, name: str, folder: Path, redis_url: str, database: Path) -> None:
        self.folder = folder
        shutil.copy(database, folder / "backbeat.db")
        self._app = create_app(data_dir=folder, redis_url=redis_url, log_level="error")
        with self._app.app_context():
            self.job_id = running_job(users.default_owner().id)
        self.address = ("127.0.0.1", free_port())
        self.url = f"http://{self.address[0]}:{self.address[1]}"
        self.poll = f"/api/progress/{self.job_id}"
        self._environ = environment(
            folder, REDIS_URL=redis_url, SERVER=name, PORT=str(self.address[1]), WEB_PROCESSES="1", LOG_LEVEL="error"
        )

    def start(self) -> None:
        command = (sys.executable, "-m", "tests.serving.extras")
        self.process = subprocess.Popen(command, cwd=PROJECT, env=self._environ)
        wait_until(self._answers, "it answers", within_seconds=120)

    def _answers(self) -> bool:
        try:
            return self.get("/healthz").is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        (self.folder / "door").touch()
        self.process.terminate()
        self.process.wait(60)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=30)

    def processes(self) -> set[int]:
        """Those that answer."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def report(self, progress: float) -> None:
        """News of the job; also so that what is known of it does not grow old."""
        with self._app.app_context():
            report(self.job_id, progress)

    def more_jobs(self, number: int) -> list[str]:
        """Ids of so many others that run."""
        with self._app.app_context():
            return [running_job(users.default_owner().id) for _ in range(number)]

    def shut_the_door(self) -> None:
        (self.folder / "door").unlink(missing_ok=True)

    def open_the_door(self) -> None:
        (self.folder / "door").touch()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=30)


@pytest.fixture(scope="package", params=["gunicorn", "granian"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="package")
def served(
    name: str, tmp_path_factory: pytest.TempPathFactory, redis_server: str, database_template: Path
) -> Iterator[Served]:
    server = Served(name, tmp_path_factory.mktemp(name), redis_server, database_template)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_served(name: str, tmp_path: Path, redis_server: str, database_template: Path) -> Iterator[Served]:
    """One of a test's own, to be stopped or killed."""
    server = Served(name, tmp_path, redis_server, database_template)
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _has_come_by(served: Served) -> None:
    """The server knows who asks, and the job has news."""
    served.report(0.5)
    wait_until(lambda: served.get(served.poll).is_success, "the job is told of")
