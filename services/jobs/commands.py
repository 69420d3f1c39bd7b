"""What an operator does to one job, with its entry in the audit log: pages and the HTTP API share this."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from errors import Conflict, InvalidInput
from services import audit
from services.jobs import operations, priority

JOB = "job"


def retry(job_id: str, actor: str) -> str:
    """Start a failed or canceled job over; the status after. Raises as `operations.retry`."""
    with _noted(actor, "retry", job_id):
        return operations.retry(job_id)


def cancel(job_id: str, actor: str) -> str:
    """Cancel a waiting job, or ask a running one to stop; the status after. Raises as `operations.cancel`."""
    with _noted(actor, "cancel", job_id):
        return operations.cancel(job_id)


def delete(job_id: str, actor: str) -> None:
    """Remove a job that is over. Raises as `operations.delete_job`."""
    with _noted(actor, "delete", job_id):
        operations.delete_job(job_id)


def set_priority(job_id: str, queue: str, actor: str) -> str:
    """Let a waiting job wait in another queue; its status. Raises as `priority.set_priority`."""
    with _noted(actor, "priority", job_id, {"priority": queue[:60]}):
        return priority.set_priority(job_id, queue)


@contextmanager
def _noted(actor: str, action: str, job_id: str, details: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Write down what was done, or why it was refused."""
    title = operations.get_job(job_id).title  # the entry outlives the job, and should still say which it was
    facts = {"title": title, **(details or {})}
    try:
        yield
    except (Conflict, InvalidInput) as e:
        audit.record(actor, action, JOB, job_id, details=facts, outcome=audit.REFUSED, message=e.message, changed=0)
        raise
    audit.record(actor, action, JOB, job_id, details=facts, matched=1, changed=1)
