"""The async API: hand in long work on episodes, get a job at once, ask after it, stop it, or be told of its end."""

from typing import Any

from flask import Blueprint, url_for

from blueprints.actor import current_actor, current_identity, current_owner_id
from blueprints.episodes_told import NO_EPISODE
from blueprints.idempotent import idempotent
from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.openapi import ASYNC, Answer, operation
from blueprints.schemas.async_api import (
    AsyncJobAnswer,
    AsyncJobPage,
    AsyncJobQuery,
    AsyncStats,
    Process,
    RenderClips,
    Stopped,
    TakenIn,
)
from errors import InvalidInput
from services.episodes import async_jobs, orders
from services.episodes.orders import ClipsWanted, Taken, Wishes
from services.jobs.s2 import CANCELLED, s2_status

bp = Blueprint("async_api", __name__, url_prefix="/async")
bp.before_request(refuse_what_is_no_job_id)

POLL_AFTER_SECONDS = 2
NO_JOB = {404: "There is no such job."}


@bp.post("/episodes/<episode_id>/process")
@idempotent
@operation(ASYNC, TakenIn, status=202, errors=NO_EPISODE | {409: "Its file cannot be used, or has not come."})
def process_episode(episode_id: str, json: Process) -> Answer:
    """Process an episode up to a stage, in the background.

    What is there already costs nothing: the job then ends at once. While the same is under way, the answer is its job.
    """
    _check_id(episode_id, json.episode_id)
    wishes = Wishes(current_owner_id(), json.priority, json.force_reprocess, json.webhook_url)
    return taken_in(orders.order_processing(episode_id, wishes, json.target_stage))


@bp.post("/episodes/<episode_id>/render_clips")
@idempotent
@operation(ASYNC, TakenIn, status=202, errors=NO_EPISODE | {409: "It has no clips, nor will it have any."})
def render_clips(episode_id: str, json: RenderClips) -> Answer:
    """Make video files of an episode's clips, in the background.

    While the episode is being processed the job waits for that. Files that are there already cost nothing.
    """
    _check_id(episode_id, json.episode_id)
    wishes = Wishes(current_owner_id(), json.priority, json.force_reprocess, json.webhook_url)
    return taken_in(
        orders.order_clips(episode_id, wishes, ClipsWanted(json.clip_ids, json.variants, json.aspect_ratios))
    )


@bp.get("/jobs")
@operation(ASYNC, AsyncJobPage)
def list_async_jobs(query: AsyncJobQuery) -> Answer:
    """List the work on episodes, the newest first: your own, or for operators everybody's."""
    page = async_jobs.list_jobs(_whose(), status=query.status, limit=query.limit, cursor=query.cursor)
    return {"success": True, "jobs": page.items, "next_cursor": page.next_cursor}


@bp.get("/jobs/<job_id>")
@operation(ASYNC, AsyncJobAnswer, errors=NO_JOB)
def get_async_job(job_id: str) -> Answer:
    """Get how far a job is, and once it is over its result or error."""
    return {"success": True, **async_jobs.told(job_id)}


@bp.delete("/jobs/<job_id>")
@operation(
    ASYNC,
    Stopped,
    errors=NO_JOB | {409: "It is over; `details.status` says how it ended."},
    others={202: Stopped},
)
def stop_async_job(job_id: str) -> Answer:
    """Cancel a job that waits (200), or have one that runs stop within seconds (202)."""
    status = async_jobs.cancel(job_id, current_actor())
    if status == CANCELLED:
        return {"success": True, "job_id": job_id, "status": status, "message": "The job is cancelled."}
    body = {"success": True, "job_id": job_id, "status": status, "message": "The job is told to stop, and soon will."}
    return body, 202, _headers(job_id)


@bp.get("/stats")
@operation(ASYNC, AsyncStats)
def get_async_stats() -> Answer:
    """Count the work on episodes by state: your own, or for operators everybody's."""
    return {"success": True, **async_jobs.stats(_whose())}


def taken_in(taken: Taken) -> Answer:
    """202, and where to follow the job."""
    submission = taken.submission
    body: dict[str, Any] = {
        "success": True,
        "job_id": submission.job_id,
        "status": s2_status(submission.status),
        "message": taken.message,
        "already_running": submission.already_running,
    }
    body |= {"webhook_secret": taken.webhook_secret} if taken.webhook_secret else {}
    return body, 202, _headers(submission.job_id)


def _headers(job_id: str) -> dict[str, str]:
    return {"Location": url_for("async_api.get_async_job", job_id=job_id), "Retry-After": str(POLL_AFTER_SECONDS)}


def _whose() -> int | None:
    identity = current_identity()
    return None if identity.sees_everything else identity.user_id


def _check_id(episode_id: str, in_body: str | None) -> None:
    if in_body is not None and in_body != episode_id:
        raise InvalidInput(
            f"The body speaks of episode {in_body!r}, the address of {episode_id!r}.",
            details={"episode_id": f"{episode_id}, as in the address, or left out"},
        )
