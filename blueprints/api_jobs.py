"""Jobs for operators and programs: lists, details, and cancel, retry, delete for one or for many."""

from dataclasses import asdict

from flask import Blueprint

from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.openapi import JOBS, Answer, operation
from blueprints.schemas.jobs import (
    Bulk,
    BulkAnswer,
    ChildPage,
    ChildQuery,
    JobChanged,
    JobDeleted,
    JobPage,
    JobQuery,
    JobStatus,
)
from services.jobs import bulk, listing, operations
from services.jobs.filters import JobFilter

bp = Blueprint("api_jobs", __name__, url_prefix="/api/jobs")
bp.before_request(refuse_what_is_no_job_id)

NO_JOB = {404: "There is no such job."}
BAD_FILTER = {422: "The filter is empty, or a field of it is not acceptable."}


@bp.get("")
@operation(JOBS, JobPage, errors={422: "A parameter is not acceptable."})
def list_jobs(query: JobQuery) -> Answer:
    """List jobs, the newest first; children are listed with their parent only."""
    wanted = JobFilter(query.status, query.type, query.queue, query.q)
    page = listing.list_jobs(wanted, limit=query.limit, cursor=query.cursor)
    return {
        "success": True,
        "jobs": [listing.summary(job) for job in page.items],
        "next_cursor": page.next_cursor,
    }


@bp.get("/<job_id>/status")
@operation(JOBS, JobStatus, errors=NO_JOB)
def job_status(job_id: str) -> Answer:
    """Get all that may be told of a job."""
    return {"success": True, **listing.status(job_id)}


@bp.get("/<job_id>/children")
@operation(JOBS, ChildPage, errors=NO_JOB | {422: "A parameter is not acceptable."})
def list_children(job_id: str, query: ChildQuery) -> Answer:
    """List the children of a job in order, page by page."""
    page = listing.list_children(job_id, limit=query.limit, cursor=query.cursor)
    return {"success": True, "children": page.items, "next_cursor": page.next_cursor}


@bp.post("/<job_id>/retry")
@operation(JOBS, JobChanged, errors=NO_JOB | {409: "It neither failed nor was canceled, or runs anew elsewhere."})
def retry_job(job_id: str) -> Answer:
    """Start a failed or canceled job over; of a parent, those children only that did not finish."""
    return {"success": True, "job_id": job_id, "status": operations.retry(job_id)}


@bp.post("/<job_id>/cancel")
@operation(JOBS, JobChanged, errors=NO_JOB | {409: "It has finished or failed."})
def cancel_job(job_id: str) -> Answer:
    """Cancel a waiting job, or ask a running one to stop."""
    return {"success": True, "job_id": job_id, "status": operations.cancel(job_id)}


@bp.delete("/<job_id>")
@operation(JOBS, JobDeleted, errors=NO_JOB | {409: "It is not over."})
def delete_job(job_id: str) -> Answer:
    """Delete a job that is over, with its children and its history."""
    operations.delete_job(job_id)
    return {"success": True, "job_id": job_id}


@bp.post("/retry")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER)
def retry_jobs(json: Bulk) -> Answer:
    """Retry the failed and canceled jobs that match a filter."""
    return _apply("retry", json)


@bp.post("/cancel")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER)
def cancel_jobs(json: Bulk) -> Answer:
    """Cancel the waiting and running jobs that match a filter."""
    return _apply("cancel", json)


@bp.delete("")
@operation(JOBS, BulkAnswer, errors=BAD_FILTER)
def delete_jobs(json: Bulk) -> Answer:
    """Delete the jobs that are over and match a filter."""
    return _apply("delete", json)


def _apply(action: str, body: Bulk) -> Answer:
    return {"success": True, **asdict(bulk.apply(action, JobFilter(**body.filter.model_dump())))}
