"""huey with jobs that do nothing: asked for from here, run by the peers' environment, which has it."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def rate_of_huey(python: str, url: str, jobs: int) -> float:
    """Jobs a second of one consumer thread, measured by the Python that has huey.

    :raise CalledProcessError: if it could not be measured.
    """
    command = [python, str(Path(__file__)), url, str(jobs)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _measure(url: str, jobs: int) -> float:
    from huey import RedisHuey

    huey: Any = RedisHuey(f"bench{time.time_ns()}", url=url, results=False)
    done: list[float] = []
    task = huey.task()(_noop(done))
    for _ in range(jobs):
        task()
    consumer = huey.create_consumer(workers=1, periodic=False)
    consumer.start()
    while len(done) < jobs:
        time.sleep(0.01)
    consumer.stop()
    return (jobs - jobs // 10) / (done[-1] - done[jobs // 10])


def _noop(done: list[float]) -> Any:
    def noop() -> None:
        done.append(time.perf_counter())

    return noop


if __name__ == "__main__":
    print(_measure(sys.argv[1], int(sys.argv[2])))
