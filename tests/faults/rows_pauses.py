"""Workers that stand still and wake up late (row 32), and workers that are told to end (row 33)."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.launch import START
from tests.faults.outcome import Outcome
from tests.faults.processes import (
    all_ended,
    await_start,
    finished_children,
    horse_of,
    is_gone,
    reasons,
    seconds_until_second_attempt,
    worker_of,
)
from tests.ops.launching import PROJECT
from tests.stack import Stack
from tests.waiting import wait_until

GRACE_SECONDS = 10.0
ITEMS = 30
DEAF_SECONDS = 60.0


@row("32", "worker and horse stand still past the lease (SIGSTOP), then go on", bound_seconds=75, short=True)
def stopped_and_continued(kit: Kit) -> Outcome:
    """The rescued job has ended by then. Waking up, the old attempt runs into its end at once, and changes no row."""
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        go_on = kit.fresh("go")
        job_id = submit("hold", params={"until": str(go_on)}).job_id
        await_start(stack, job_id)
        worker = worker_of(stack, job_id)
        horse = horse_of(worker)
        with _standing_still(worker, horse):
            seconds = seconds_until_second_attempt(stack, job_id, since=time.monotonic())
            go_on.touch()
            stack.ended(job_id)
            before = _written(stack, job_id)
        wait_until(lambda: is_gone(horse), "the old attempt ends by itself", within_seconds=30)
        changed = _written(stack, job_id) != before
        told = stack.get(f"/api/progress/{job_id}")
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), [job_id])
        note = f"lease {stack.settings.lease_seconds:g} s"
    breaches = ["waking up it changed rows"] * changed
    if (told["status"], told["attempt"]) != ("finished", 2):
        breaches.append(f"after it people are told of attempt {told['attempt']}, {told['status']}")
    return Outcome(1, lost, doubled, seconds, tuple(breaches), note)


@contextmanager
def _standing_still(*processes: psutil.Process) -> Iterator[None]:
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def _written(stack: Stack, job_id: str) -> list[tuple[object, ...]]:
    """All that the database says of a job."""
    row_itself = stack.rows("SELECT * FROM job WHERE id = :id", id=job_id)
    return row_itself + stack.rows("SELECT * FROM job_event WHERE job_id = :id ORDER BY id", id=job_id)


@row("33", "a deploy: SIGTERM to every worker, SIGKILL 10 s later")
def deploy(kit: Kit) -> Outcome:
    """One job listens, one is deaf and killed, a parent's items are under way; new workers then finish all."""
    with kit.stack(WORKERS="3") as stack, inside(stack):
        parent = submit("toil_for_all", params={"size": ITEMS, "seconds": 0.3}).job_id
        go_on = kit.fresh("go")
        polite = submit("hold", params={"until": str(go_on)}, queue="high").job_id
        deaf = submit("sit_deaf", params={"seconds": DEAF_SECONDS}, queue="high").job_id
        await_start(stack, polite, deaf)
        wait_until(lambda: finished_children(stack, parent) >= 2, "some items are done", within_seconds=60)
        ended_late = _end_all_workers(stack)
        go_on.touch()
        with _new_workers(stack, 2):
            all_ended(stack, (parent, polite, deaf))
        items = stack.rows("SELECT id, crash_count FROM job WHERE parent_id = :id", id=parent)
        wanted = [polite, deaf, *(job_id for job_id, _ in items)]
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), wanted)
        told = reasons(stack, polite)
        crashes = sum(count for _, count in items)
    breaches = ["a job that listens was told to have crashed"] * (told[0] != "the worker was asked to stop")
    breaches += ["an item's return counts as a crash"] * (crashes > 0)
    breaches += [f"{ended_late} workers besides the deaf one had to be killed"] * (ended_late > 0)
    return Outcome(len(wanted), lost, doubled, None, tuple(breaches), f"{ITEMS} items, fast leases")


def _end_all_workers(stack: Stack) -> int:
    """As whoever deploys does; how many too many did not end in time. They stay away, since they end with 0."""
    workers = stack.processes("worker")
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    _, late = psutil.wait_procs(workers, timeout=GRACE_SECONDS)
    for worker in late:
        worker.kill()
    return len(late) - 1


@contextmanager
def _new_workers(stack: Stack, number: int) -> Iterator[None]:
    """Of the next release, so to speak."""
    started = [subprocess.Popen([*START, "workers.worker"], cwd=PROJECT, env=stack.environ) for _ in range(number)]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
            process.wait(30)
