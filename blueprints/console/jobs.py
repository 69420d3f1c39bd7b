"""Jobs for operators: find them, look into them, and act on them."""

import json
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from blueprints.actor import current_actor
from blueprints.console import job_list
from blueprints.console.chart_table import seconds_text
from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.page_forms import JOB_ID, flashing, go_to
from errors import NotFound
from services import export_files
from services.jobs import commands, details, export, operations
from services.jobs.filters import JobFilter
from services.jobs.registry import PRIORITIES
from services.jobs.search import NEWEST, Search
from services.webhooks import deliveries

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
bp.before_request(refuse_what_is_no_job_id)
bp.add_app_template_filter(seconds_text, "in_words")
bp.add_app_template_filter(partial(json.dumps, ensure_ascii=False, indent=2), "tojson_pretty")


@bp.get("")
def index() -> AnyResponse | tuple[str, int]:
    if any(value == "" for value in request.args.values()):  # a form sends all its fields; an address is for sharing
        return go_to(url_for(".index", **job_list.kept(request.args)))
    page = job_list.read(request.args)
    return render_template(
        "console/jobs.html", page=page, kept=page.kept, **job_list.CHOICES
    ), 422 if page.error else 200


@bp.get(f"/<{JOB_ID}:job_id>/row")
def job_row(job_id: str) -> str:
    """The job's line alone, to replace one that is out of date."""
    job = job_list.line(operations.get_job(job_id))
    return render_template("console/job_row.html", job=job, kept=job_list.kept(request.args))


@bp.get("/export.<form>")
def export_list(form: str) -> Response:
    """All jobs of the list, as a file that is made while it is sent."""
    if form not in export_files.FORMATS:
        raise NotFound(f"Jobs are not exported as {form[:20]!r}, but as {' or '.join(export_files.FORMATS)}.")
    wanted = JobFilter.from_mapping(request.args).pinned()
    search = Search(wanted, request.args.get("sort") or NEWEST)
    response = Response(stream_with_context(export.pieces(search, form)), content_type=export_files.FORMATS[form])
    response.headers.set("Content-Disposition", "attachment", filename=export.file_name(wanted, form))
    return response


@bp.get(f"/<{JOB_ID}:job_id>")
def show(job_id: str) -> str:
    found = details.details(
        job_id,
        log_before=request.args.get("log_before", type=int),
        children_after=request.args.get("after", -1, type=int),
    )
    told = deliveries.of_job(job_id)
    return render_template("console/job.html", found=found, job=found.told, deliveries=told, priorities=PRIORITIES)


@bp.post(f"/<{JOB_ID}:job_id>/cancel")
def cancel(job_id: str) -> AnyResponse:
    with flashing("The job is being canceled."):
        commands.cancel(job_id, current_actor())
    return _back(job_id)


@bp.post(f"/<{JOB_ID}:job_id>/retry")
def retry(job_id: str) -> AnyResponse:
    with flashing("The job starts over."):
        commands.retry(job_id, current_actor())
    return _back(job_id)


@bp.post(f"/<{JOB_ID}:job_id>/delete")
def delete(job_id: str) -> AnyResponse:
    with flashing("The job was deleted."):
        commands.delete(job_id, current_actor())
    return _back_to_list()


def _back(job_id: str) -> AnyResponse:
    return go_to(url_for(".show", job_id=job_id)) if request.args.get("from") == "job" else _back_to_list()


def _back_to_list() -> AnyResponse:
    """The list as the operator had it: forms post to addresses that carry its filter."""
    kept: dict[str, Any] = job_list.kept(request.args)
    return go_to(url_for(".index", **kept))
