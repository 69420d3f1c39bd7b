"""Jobs that hold still where a test wants them: until a file appears."""

import os
import signal
import time
from pathlib import Path
from typing import ClassVar

from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

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


def wait_for_all(work: Work) -> FanOut:
    """Many that wait politely."""
    size = work.job.params["to"]
    return FanOut("wait_politely", "number", [Child(str(n), f"Number {n}") for n in range(size)], size)


def kill_itself(_work: Work) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


class Prepared:
    """In which process it was prepared for, and how often."""

    in_pids: ClassVar[list[int]] = []


def prepare() -> None:
    Prepared.in_pids.append(os.getpid())


def prepare_badly() -> None:
    raise ValueError("There is no model.")


def tell_prepared(_work: Work) -> Outcome:
    return Outcome({"prepared_in": Prepared.in_pids, "done_in": os.getpid()})


WORKER_TYPES = {
    name: JobType(name, name, f"tests.workers.tasks.{name}", "default", STEPS, 60, max_attempts=5)
    for name in ("wait_politely", "wait_deaf", "kill_itself")
} | {
    name: JobType(name, name, "tests.workers.tasks.tell_prepared", "default", STEPS, 60, prepare=path)
    for name, path in (
        ("prepared", "tests.workers.tasks.prepare"),
        ("badly_prepared", "tests.workers.tasks.prepare_badly"),
    )
}
WORKER_TYPES["imported"] = JobType("imported", "imported", "tests.workers.imported.tell_importer", "default", STEPS, 60)
WORKER_TYPES["wait_for_all"] = JobType(
    "wait_for_all",
    "wait_for_all",
    "tests.workers.tasks.wait_for_all",
    "default",
    STEPS,
    60,
    gather="tests.engine.tasks.gather",
)
