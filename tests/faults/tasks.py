"""Jobs for the faults. What each has done is a line in the table `effect`, that no constraint protects."""

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from extensions import db
from models import Job
from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

STEPS = (Step("working", "Working", 100), COMPLETE)


def _effect(work: Work) -> Outcome:
    """An outcome that writes one line, in the transaction that ends the job."""

    def save() -> None:
        db.session.execute(statement, line)

    line = {"job_id": work.job.id, "attempt": work.job.attempt, "pid": os.getpid(), "item": work.job.target_id or ""}
    statement = text("INSERT INTO effect (job_id, attempt, item, pid) VALUES (:job_id, :attempt, :item, :pid)")
    return Outcome({"pid": os.getpid()}, None, save)


def hold(work: Work) -> Outcome:
    """Until the file `params["until"]` exists, with a checkpoint at every look."""
    work.progress.step("working")
    while not Path(work.job.params["until"]).exists():
        work.checkpoint()
        time.sleep(0.02)
    return _effect(work)


def toil(work: Work) -> Outcome:
    """For `params["seconds"]`, with a checkpoint every 20 ms."""
    until = time.monotonic() + float(work.job.params.get("seconds", 0.0))
    while time.monotonic() < until:
        work.checkpoint()
        time.sleep(0.02)
    return _effect(work)


def toil_for_all(work: Work) -> FanOut:
    """`params["size"]` children, each a `toil` with the same `params`."""
    size = int(work.job.params["size"])
    return FanOut("toil", "item", [Child(str(n), f"Item {n}") for n in range(size)], size)


def count_children(parent: Job) -> tuple[dict[str, Any], None]:
    return {"children": parent.children_total}, None


def _type(name: str, **more: Any) -> JobType:
    options: dict[str, Any] = {"queue": "default", "steps": STEPS, "time_limit_seconds": 600.0} | more
    return JobType(name=name, label=name.capitalize(), task=f"tests.faults.tasks.{name}", **options)


FAULT_TYPES = {
    kind.name: kind
    for kind in (
        _type("hold"),
        _type("toil", short=True),
        _type("toil_for_all", gather="tests.faults.tasks.count_children"),
    )
}
