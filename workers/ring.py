"""The two functions that RQ may run: each answers a ring by looking at the SQL rows."""

from rq import get_current_job

from services.jobs.runner import run_next_chunk
from workers import context


def deliver(job_id: str, attempt: int) -> None:
    """Run this attempt of this job, if it is still to be had."""
    with context.runner() as runner:
        runner.deliver(job_id, attempt)


def deliver_children(parent_id: str, lane: int, _serial: int) -> None:
    """Run a chunk of this parent's children."""
    ring = get_current_job()
    with context.runner() as runner:
        run_next_chunk(runner, parent_id, ring.origin if ring else "default", lane)
