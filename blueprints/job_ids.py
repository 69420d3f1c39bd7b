"""Job ids in addresses."""

from flask import request

from blueprints.schemas.common import JOB_ID
from services.jobs.operations import no_such_job


def is_job_id(text: str) -> bool:
    return JOB_ID.fullmatch(text) is not None


def refuse_what_is_no_job_id() -> None:
    """Before a view with a job id in its address: what no job can be called is not looked for.

    :raise NotFound: as for a job that there is not.
    """
    job_id = (request.view_args or {}).get("job_id")
    if job_id is not None and not is_job_id(job_id):
        raise no_such_job(job_id)
