"""Jobs for operators: find them, and act on them."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.page_forms import JOB_ID, flashing, go_to
from services.jobs import listing, operations, states
from services.jobs.filters import RUNNING_OR_WAITING, JobFilter
from services.jobs.registry import JOB_TYPES, QUEUES

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
bp.before_request(refuse_what_is_no_job_id)

JOBS_PER_PAGE = 50
FILTERS = ("status", "type", "queue", "q")


@bp.get("")
def index() -> str:
    wanted = JobFilter(**_filter_fields())
    page = listing.list_jobs(wanted, limit=JOBS_PER_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "console/jobs.html",
        wanted=wanted,
        kept=_kept(),
        jobs=[listing.summary(job) for job in page.items],
        next_cursor=page.next_cursor,
        is_first_page=not request.args.get("cursor"),
        statuses=(RUNNING_OR_WAITING, *states.ALL),
        job_types=JOB_TYPES,
        queue_names=QUEUES,
    )


@bp.get(f"/<{JOB_ID}:job_id>/row")
def job_row(job_id: str) -> str:
    """The job's line alone, to replace one that is out of date."""
    return render_template("console/job_row.html", job=listing.summary(operations.get_job(job_id)), kept=_kept())


@bp.post(f"/<{JOB_ID}:job_id>/cancel")
def cancel(job_id: str) -> Response:
    with flashing("The job is being canceled."):
        operations.cancel(job_id)
    return _back_to_list()


@bp.post(f"/<{JOB_ID}:job_id>/retry")
def retry(job_id: str) -> Response:
    with flashing("The job starts over."):
        operations.retry(job_id)
    return _back_to_list()


@bp.post(f"/<{JOB_ID}:job_id>/delete")
def delete(job_id: str) -> Response:
    with flashing("The job was deleted."):
        operations.delete_job(job_id)
    return _back_to_list()


def _filter_fields() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in FILTERS}


def _kept() -> dict[str, Any]:
    """The part of the address that says which jobs are listed, for the addresses of buttons."""
    return {name: value for name, value in request.args.items() if name in (*FILTERS, "cursor")}


def _back_to_list() -> Response:
    """The list as the operator had it: forms post to addresses that carry its filter."""
    return go_to(url_for(".index", **_kept()))
