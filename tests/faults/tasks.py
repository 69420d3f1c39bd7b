"""Jobs for the faults. What each has done is a line in the table `effect`, that no constraint protects."""

import ctypes
import os
import resource
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from errors import TransientError
from extensions import db
from models import Job
from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

MIB = 1024 * 1024
STEPS = (Step("working", "Working", 100), COMPLETE)
# As those of real parents: making the children is the first 2 % of the bar.
PARENT_STEPS = (Step("preparing", "Preparing", 2), Step("working", "Working", 98), COMPLETE)


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


def poison(_work: Work) -> Outcome:
    """Kills its process as faulty native code does, by a segmentation fault."""
    ctypes.string_at(0)
    return Outcome()


def poison_once(work: Work) -> Outcome:
    """The same, but only at the first attempt."""
    return poison(work) if work.job.attempt == 1 else _effect(work)


def devour_once(work: Work) -> Outcome:
    """At the first attempt asks for more memory than there is."""
    if work.job.attempt == 1:
        in_use_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use_bytes + 64 * MIB, resource.RLIM_INFINITY))
        return Outcome({"bytes": len(bytearray(1024 * MIB))})
    return _effect(work)


def stumble_once(work: Work) -> Outcome:
    """Fails at the first attempt, by what may pass."""
    if work.job.attempt == 1:
        raise TransientError("The first step is the hardest.")
    return _effect(work)


def sit_deaf(work: Work) -> Outcome:
    """For `params["seconds"]` without any checkpoint at the first attempt."""
    if work.job.attempt == 1:
        time.sleep(float(work.job.params["seconds"]))
    return _effect(work)


def tell_connection(work: Work) -> Outcome:
    """Says which process opened the database connection that it works with."""
    outcome = _effect(work)
    connection = db.session.connection().connection
    outcome.result["opened_by"] = connection.info["opened_by"]
    db.session.rollback()
    return outcome


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
        _type("poison", short=True),
        _type("poison_once", short=True),
        _type("devour_once"),
        _type("stumble_once", short=True),
        _type("sit_deaf"),
        _type("tell_connection"),
        _type("toil_for_all", steps=PARENT_STEPS, gather="tests.faults.tasks.count_children"),
    )
}
