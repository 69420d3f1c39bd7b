"""The live progress of jobs: documents that were stored ready to serve, handed over untouched.

Most of it is answered by `polls`, in front of Flask; what is right is said here.
"""

from flask import Blueprint, Response, request

from blueprints.actor import current_identity
from blueprints.job_ids import is_job_id, refuse_what_is_no_job_id
from blueprints.openapi import PROGRESS, Answer, operation
from blueprints.page_forms import JOB_ID
from blueprints.progress_answers import hand_over, spliced
from blueprints.schemas.progress import (
    CleanedUp,
    CleanUp,
    CleanUpQuery,
    Conditional,
    Progress,
    ProgressOfMany,
    ProgressQuery,
)
from services import fleet
from services.access.ownership import foreign
from services.jobs import reads
from services.jobs.pace import Pace
from store.progress import LiveDocument

bp = Blueprint("api_progress", __name__, url_prefix="/api/progress")
bp.before_request(refuse_what_is_no_job_id)

NOTHING_NEW = {304: "Nothing is new since that ETag."}


@bp.get(f"/<{JOB_ID}:job_id>")  # no word of another address can be one
@operation(PROGRESS, Progress, errors=NOTHING_NEW | {404: "There is no such job."}, headers=Conditional)
def get_progress(job_id: str) -> Answer:
    """Get how far a job is. A job that exists is never a 404."""
    return _handed_over(reads.progress(job_id), ids=1)


@bp.get("")
@operation(PROGRESS, ProgressOfMany, errors=NOTHING_NEW | {422: "No ids, or too many."}, headers=Conditional)
def get_progress_of_many(query: ProgressQuery) -> Answer:
    """Get how far up to 200 jobs are."""
    asked = [job_id for job_id in query.ids if is_job_id(job_id)]
    hidden = foreign(current_identity(), "job", asked)
    found = reads.progress_of_many([job_id for job_id in asked if job_id not in hidden])
    missing = [job_id for job_id in query.ids if job_id not in found]
    return _handed_over(spliced(found, missing), ids=len(query.ids))


@bp.post("/cleanup")
@operation(PROGRESS, CleanedUp, errors={422: "`max_age_hours` is not acceptable."})
def clean_up_progress(query: CleanUpQuery, json: CleanUp) -> Answer:
    """Drop the live progress of jobs that ended long ago; their records stay.

    `max_age_hours` may be in the body or in the address.
    """
    hours = query.max_age_hours if json.max_age_hours is None else json.max_age_hours
    return CleanedUp(removed=fleet.clean_up_progress(hours), max_age_hours=hours)


def _handed_over(document: LiveDocument, *, ids: int) -> Response:
    """The stored bytes, or 304; from a loaded process with when to ask again."""
    pace_ms = Pace.of_this_app().after(ids)
    answer = hand_over(document, if_none_match=request.headers.get("If-None-Match"), pace_ms=pace_ms)
    return Response(answer.body, answer.status, answer.headers)
