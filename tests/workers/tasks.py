"""Jobs that hold still where a test wants them: until a file appears."""

import os
import signal
import time
from pathlib import Path

from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Outcome, Work

STEPS = (Step("waiting", "Waiting", 100), COMPLETE)


def wait_politely(work: Work) -> Outcome:
    """Until `params["until"]` exists, with a checkpoint at every look."""
    work.progress.step("waiting")
    while not Path(work.job.params["until"]).exists():
        work.checkpoint()
        time.sleep(0.02)
    return Outcome({"pid": os.getpid()})


def wait_deaf(work: Work) -> Outcome:
    """The same without any checkpoint."""
    while not Path(work.job.params["until"]).exists():
        time.sleep(0.02)
    return Outcome()


def kill_itself(_work: Work) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


WORKER_TYPES = {
    name: JobType(name, name, f"tests.workers.tasks.{name}", "default", STEPS, 60, max_attempts=5)
    for name in ("wait_politely", "wait_deaf", "kill_itself")
}
