"""What operators and programs do to jobs: cancel, retry, delete, move; to one, or to all that match a filter."""

from dataclasses import asdict

from flask import Blueprint
from pydantic import BaseModel

from blueprints.accepted import accepted
from blueprints.actor import current_actor
from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.openapi import JOBS, Answer, operation
from blueprints.page_forms import JOB_ID
from blueprints.schemas.job_actions import Bulk, BulkAnswer, BulkMove, JobChanged, JobDeleted, NewPriority
from blueprints.schemas.jobs import Accepted
from services.bulk import at_once, orders
from services.bulk.actions import CANCEL, DELETE, PRIORITY, RETRY, action_of
from services.bulk.batches import Order
from services.bulk.preview import preview
from services.bulk.selection import Selection, new_token
from services.jobs import commands
from services.jobs.filters import JobFilter

bp = Blueprint("api_job_actions", __name__, url_prefix="/api/jobs")
bp.before_request(refuse_what_is_no_job_id)

NO_JOB = {404: "There is no such job."}
BAD_FILTER = {
    409: "In the background: no job is in a state for it.",
    422: "The filter is empty, or a field of it is not acceptable.",
}
IN_BACKGROUND: dict[int, type[BaseModel]] = {202: Accepted}


@bp.post("/<job_id>/retry")
@operation(JOBS, JobChanged, errors=NO_JOB | {409: "It neither failed nor was canceled, or runs anew elsewhere."})
def retry_job(job_id: str) -> Answer:
    """Start a failed or canceled job over; of a parent, those children only that did not finish."""
    return {"success": True, "job_id": job_id, "status": commands.retry(job_id, current_actor())}


@bp.post("/<job_id>/cancel")
@operation(JOBS, JobChanged, errors=NO_JOB | {409: "It has finished or failed."})
def cancel_job(job_id: str) -> Answer:
    """Cancel a waiting job, or ask a running one to stop."""
    return {"success": True, "job_id": job_id, "status": commands.cancel(job_id, current_actor())}


@bp.post("/<job_id>/priority")
@operation(JOBS, JobChanged, errors=NO_JOB | {409: "It does not wait, or is a part of a larger job.", 422: "No queue."})
def move_job(job_id: str, json: NewPriority) -> Answer:
    """Let a waiting job wait in another queue; a parent's children go with it."""
    return {"success": True, "job_id": job_id, "status": commands.set_priority(job_id, json.queue, current_actor())}


@bp.delete(f"/<{JOB_ID}:job_id>")  # no word of another address can be one
@operation(JOBS, JobDeleted, errors=NO_JOB | {409: "It is not over."})
def delete_job(job_id: str) -> Answer:
    """Delete a job that is over, with its children and its history."""
    commands.delete(job_id, current_actor())
    return {"success": True, "job_id": job_id}


@bp.post("/retry")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER, others=IN_BACKGROUND)
def retry_jobs(json: Bulk) -> Answer:
    """Retry the failed and canceled jobs that match a filter."""
    return _apply(RETRY, json)


@bp.post("/cancel")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER, others=IN_BACKGROUND)
def cancel_jobs(json: Bulk) -> Answer:
    """Cancel the waiting and running jobs that match a filter."""
    return _apply(CANCEL, json)


@bp.post("/priority")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER, others=IN_BACKGROUND)
def move_jobs(json: BulkMove) -> Answer:
    """Let the waiting jobs that match a filter wait in another queue."""
    return _apply(PRIORITY, json, json.priority)


@bp.delete("")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER, others=IN_BACKGROUND)
def delete_jobs(json: Bulk) -> Answer:
    """Delete the jobs that are over and match a filter."""
    return _apply(DELETE, json)


def _apply(name: str, body: Bulk, queue: str = "") -> Answer:
    selection = Selection.of_filter(JobFilter.from_mapping(body.filter.model_dump()), new_token())
    order = Order(action_of(name), selection, queue)
    if body.dry_run:
        counted = preview(order.action, order.selection, order.queue).fitting
        return {"success": True, "matched": counted.number, "changed": 0, "skipped": 0, "more": counted.more}
    if body.background:
        return accepted(orders.place(order, current_actor()))
    return {"success": True, **asdict(at_once.apply(order, current_actor()))}
