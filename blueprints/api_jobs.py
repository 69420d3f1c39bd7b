"""Jobs for operators and programs: lists and details."""

from flask import Blueprint

import clock
from blueprints.actor import current_identity
from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.openapi import JOBS, Answer, operation
from blueprints.schemas.jobs import (
    ChildPage,
    ChildQuery,
    JobPage,
    JobQuery,
    JobStatus,
    LogPage,
    LogQuery,
)
from services.access import ownership
from services.jobs import details, listing
from services.jobs.filters import JobFilter

bp = Blueprint("api_jobs", __name__, url_prefix="/api/jobs")
bp.before_request(refuse_what_is_no_job_id)

NO_JOB = {404: "There is no such job."}


@bp.get("")
@operation(JOBS, JobPage, errors={422: "A parameter is not acceptable."})
def list_jobs(query: JobQuery) -> Answer:
    """List jobs, the newest first: your own, or for operators everybody's.

    Parts of larger jobs are listed where the filter is about such.
    """
    wanted = ownership.jobs_of(current_identity(), JobFilter.from_mapping(query.model_dump()))
    page = listing.list_jobs(wanted, sort=query.sort, limit=query.limit, cursor=query.cursor)
    return {
        "success": True,
        "jobs": [listing.summary(job) for job in page.items],
        "next_cursor": page.next_cursor,
        "searched_to": clock.iso(page.searched_to),
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


@bp.get("/<job_id>/logs")
@operation(JOBS, LogPage, errors=NO_JOB | {422: "A parameter is not acceptable."})
def list_log_lines(job_id: str, query: LogQuery) -> Answer:
    """Get what a job logged, the last lines first page, each page in order."""
    page = details.log_page(job_id, limit=query.limit, before_id=query.cursor)
    return LogPage.model_validate({"lines": page.lines, "next_cursor": page.older_id})
