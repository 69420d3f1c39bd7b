"""Renders: work of an outside renderer, and the address at which it tells of its end."""

from flask import Blueprint, request, url_for

from blueprints.actor import current_actor, current_identity, current_owner_id
from blueprints.idempotent import idempotent
from blueprints.openapi import RENDERS, Answer, operation
from blueprints.schemas.renders import (
    CycleAnswer,
    Heard,
    NewRender,
    RenderAccepted,
    RenderAnswer,
    RendererCall,
    RenderEventLine,
    RenderLine,
    RenderPage,
    RenderQuery,
)
from models import Render
from services.access import limits
from services.access.ownership import library_of
from services.renders import inbound, reads
from services.renders.check_now import check_now
from services.renders.retrying import retry
from services.renders.start import start
from services.renders.tokens import WEBHOOK_PATH

bp = Blueprint("api_renders", __name__)

HEARS = "api_renders.hear_renderer"
NO_RENDER = {404: "There is no such render."}
REFUSED = {
    404: "The target is somebody else's.",
    409: "There is no renderer, it refuses, or something else is being made of the target: `details.render_id`.",
}
NOT_RETRIED = NO_RENDER | {
    409: "It is under way or completed, its target has another one, there is no renderer, or it refuses."
}
BAD_TOKEN = {401: "The token is nobody's."}


@bp.before_request
def refuse_too_many_of_one_address() -> None:
    """:raise TooManyRequests: whatever the call brings, since nothing of it has been looked at."""
    if request.endpoint == HEARS:
        limits.check_renderer(request.remote_addr or "")


@bp.get("/api/renders")
@operation(RENDERS, RenderPage, errors={404: "There is no such owner."})
def list_renders(query: RenderQuery) -> Answer:
    """List your renders, those that are waited for first; for operators, anybody's.

    Those under way, the oldest first; so those that were given up and are still looked for; then the others, the newest
    first.
    """
    owner = library_of(current_identity(), query.owner)
    page = reads.page(owner.id, **query.model_dump(exclude={"owner"}))
    return RenderPage(renders=[RenderLine.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@bp.post("/api/renders")
@idempotent
@operation(RENDERS, RenderAccepted, status=202, errors=REFUSED)
def create_render(json: NewRender) -> Answer:
    """Have a segment combined, a video put together, or music put under it; the same again finds what is under way."""
    started = start(current_owner_id(), json.operation, json.target_type, json.target_id, json.inputs)
    render = reads.get_render(started.render_id)
    return _accepted(render, already_running=started.already_running)


@bp.get("/api/renders/<render_id>")
@operation(RENDERS, RenderAnswer, errors=NO_RENDER)
def get_render(render_id: str) -> Answer:
    """Get a render, and all that was said of it."""
    found = reads.told(render_id)
    line = RenderLine.model_validate(found.render).model_dump()
    events = [RenderEventLine.model_validate(each) for each in found.events]
    return RenderAnswer.model_validate(line | {"inputs": found.render.inputs, "events": events})


@bp.post("/api/renders/<render_id>/retry")
@idempotent
@operation(RENDERS, RenderAccepted, status=202, errors=NOT_RETRIED)
def retry_render(render_id: str) -> Answer:
    """Have a render begun anew that failed or was given up; what is heard of it from before has no effect."""
    retry(render_id, by=current_actor())
    return _accepted(reads.get_render(render_id), already_running=False)


@bp.post("/api/check-stuck-jobs")
@operation(RENDERS, CycleAnswer, others={202: CycleAnswer})
def check_stuck_jobs() -> Answer:
    """Look for what has been made, now: 200 once that is done, 202 if it goes on for more than 20 seconds."""
    told = check_now(by=current_actor())
    answer = CycleAnswer.model_validate(
        {"status": told.status, "message": told.message, "job_id": told.job_id} | dict(told.counts)
    )
    headers = {} if told.is_over else {"Retry-After": "5", "Location": f"/api/jobs/{told.job_id}/status"}
    return answer, 200 if told.is_over else 202, headers


@bp.post(f"{WEBHOOK_PATH}<token>")
@operation(RENDERS, Heard, errors=BAD_TOKEN)
def hear_renderer(token: str, json: RendererCall) -> Answer:
    """Hear of a job's end from the renderer. Whatever it says, the renderer is asked before anything is believed."""
    inbound.hear(token, inbound.Call(json.job_id, json.id, json.code))
    return Heard()


def _accepted(render: Render, *, already_running: bool) -> Answer:
    told = {"external_job_id": render.external_job_id, "status": render.status}
    answer = RenderAccepted.model_validate(told | {"render_id": render.id, "already_running": already_running})
    return answer, 202, {"Location": url_for("api_renders.get_render", render_id=render.id), "Retry-After": "5"}
