"""Looks at a stack that rows share: which process has a job, whether one is gone, what became of attempts."""

import time
from collections.abc import Callable, Iterable

import psutil

from extensions import redis
from store.workers import read_workers
from tests.stack import Stack
from tests.waiting import wait_until


def await_start(stack: Stack, *job_ids: str, within_seconds: float = 60) -> None:
    """Until somebody runs each of these."""

    def run() -> bool:
        return all(stack.rows("SELECT status FROM job WHERE id = :id", id=job)[0][0] == "started" for job in job_ids)

    wait_until(run, "the jobs run", within_seconds=within_seconds)


def seconds_until(
    happens: Callable[[], object], what: str, *, since: float | None = None, within_seconds: float
) -> float:
    """How long it takes, from now or from an instant of `time.monotonic`."""
    begun = time.monotonic() if since is None else since
    wait_until(happens, what, within_seconds=within_seconds)
    return time.monotonic() - begun


def seconds_until_second_attempt(stack: Stack, job_id: str, *, since: float, within_seconds: float = 150) -> float:
    """From `since` to the start of attempt 2."""

    def begun() -> bool:
        return started_attempt(stack, job_id) == 2

    return seconds_until(begun, "attempt 2 begins", since=since, within_seconds=within_seconds)


def started_attempt(stack: Stack, job_id: str) -> int:
    """The last attempt that somebody took up."""
    query = "SELECT coalesce(max(attempt), 0) FROM job_event WHERE job_id = :id AND to_status = 'started'"
    return int(stack.rows(query, id=job_id)[0][0])


def reasons(stack: Stack, job_id: str) -> list[str]:
    """What people are told of the ends of a job's attempts, in order."""
    query = "SELECT reason FROM job_event WHERE job_id = :id AND from_status = 'started' ORDER BY id"
    return [reason for (reason,) in stack.rows(query, id=job_id)]


def worker_of(stack: Stack, job_id: str) -> psutil.Process:
    """The worker that holds a started job; to be asked inside the app of the stack."""
    owner = stack.rows("SELECT lease_owner FROM job WHERE id = :id", id=job_id)[0][0]
    pids = {record.name: record.pid for record in read_workers(redis.client)}
    return psutil.Process(pids[owner])


def horse_of(worker: psutil.Process) -> psutil.Process:
    wait_until(worker.children, "the worker has a horse")
    return worker.children()[0]


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def children(stack: Stack, parent_id: str) -> list[str]:
    rows = stack.rows("SELECT id FROM job WHERE parent_id = :id ORDER BY position", id=parent_id)
    return [job_id for (job_id,) in rows]


def finished_children(stack: Stack, parent_id: str) -> int:
    query = "SELECT count(*) FROM job WHERE parent_id = :id AND status = 'finished'"
    return int(stack.rows(query, id=parent_id)[0][0])


def all_ended(stack: Stack, job_ids: Iterable[str], *, within_seconds: float = 120) -> None:
    for job_id in job_ids:
        stack.ended(job_id, within_seconds=within_seconds)
