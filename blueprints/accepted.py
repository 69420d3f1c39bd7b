"""The answer to work that was taken in."""

from flask import url_for

from blueprints.openapi import Headers
from blueprints.schemas.jobs import Accepted
from services.jobs.submit import Submission

POLL_AFTER_SECONDS = 1


def accepted(submission: Submission) -> tuple[Accepted, int, Headers]:
    """202, and where to follow the job."""
    status_url = url_for("api_jobs.job_status", job_id=submission.job_id)
    body = {
        "job_id": submission.job_id,
        "status": submission.status,
        "progress_url": url_for("api_progress.get_progress", job_id=submission.job_id),
        "status_url": status_url,
        "already_running": submission.already_running,
    }
    headers = {"Location": status_url, "Retry-After": str(POLL_AFTER_SECONDS)}
    return Accepted.model_validate(body), 202, headers
