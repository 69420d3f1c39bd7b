"""A real worker in a process of its own, on the app's Redis and database."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest
from flask import Flask

from extensions import current_settings, redis
from tests.ops.launching import PROJECT
from tests.waiting import wait_until

StartWorker = Callable[..., psutil.Process]


@pytest.fixture
def start_worker(app: Flask) -> Iterator[StartWorker]:
    """Starts a worker that also knows the engine tests' job types, and waits until it listens."""
    started: list[psutil.Popen] = []

    def start(*options: str) -> psutil.Process:
        settings = current_settings()
        environ = os.environ | {
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.sqlalchemy_url,
            "REDIS_URL": settings.effective_redis_url,
            "LEASE_SECONDS": str(settings.lease_seconds),
        }
        before = redis.client.scard("rq:workers")
        process = psutil.Popen(
            [sys.executable, "-m", "tests.workers.start", *options],
            cwd=PROJECT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        wait_until(lambda: redis.client.scard("rq:workers") != before, "the worker has registered")
        return process

    yield start
    for process in started:
        if process.is_running():
            process.kill()
        process.wait()
