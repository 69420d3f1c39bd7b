"""gunicorn with the project's own configuration."""

import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.ops.launching import PROJECT, environment, free_port
from tests.waiting import wait_until


class Server:
    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "tests.ops.standins.wsgi:app"],
            cwd=PROJECT,
            env=environment(data_dir, PORT=str(self.port), WEB_PROCESSES="2"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        wait_until(lambda: self.status("/") == http.client.OK, "the web server answers")

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    server = Server(data_dir)
    yield server
    server.process.kill()
    server.process.communicate()


def test_it_runs_as_many_processes_as_it_is_told_to(server: Server) -> None:
    wait_until(lambda: len(server.workers()) == 2, "both processes run")


def test_it_takes_two_hundred_job_ids_in_one_question(server: Server) -> None:
    ids = "%2C".join(["0" * 26] * 200)
    assert server.status(f"/api/progress?ids={ids}") == http.client.OK


def test_it_says_nothing_while_all_is_well(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    output, _ = server.process.communicate(timeout=30)
    assert (server.process.returncode, output) == (0, b"")


def test_its_processes_die_with_their_master(server: Server) -> None:
    workers = server.workers()
    server.process.kill()
    assert not psutil.wait_procs(workers, timeout=5)[1]
