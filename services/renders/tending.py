"""The job that looks after one render: asks for what the renderer has not taken yet, and after what it has."""

from sqlalchemy import Row, select

from errors import TransientError
from extensions import db
from models import Render
from services.jobs.work import Outcome, Work
from services.renders import asking, looking, start, states


def tend(work: Work) -> Outcome:
    """Safe to run twice: asking has its turns, and a render ends once.

    :raise RendererRefused: if it will not do it; the render has failed then.
    :raise TransientError: if the renderer does not answer or name its output, or somebody else is asking, so that the
        engine tries again.
    """
    render_id = work.job.target_id or ""
    work.progress.step("asking")
    found = _state(render_id)
    if found is not None and found.external_job_id is None:
        found = _asked(render_id)
    elif found is not None and work.job.params != start.ONLY_ASKS:
        asked = looking.Asked(render_id, found.token_hash)
        looked = looking.look(asked, found.external_job_id, states.POLL, is_known=True)
        if looked.came_to == looking.NO_OUTPUT:
            raise TransientError(looked.note)
        found = _state(render_id)
    return Outcome(result={"render_id": render_id, "status": found.status if found else None})


def _asked(render_id: str) -> Row[str | None, str, str] | None:
    """How it is after asking. Who else had the turn may be lost by now, so it is not left to them."""
    asking.ask(render_id)
    found = _state(render_id)
    if found is not None and found.status == states.PROCESSING and found.external_job_id is None:
        raise TransientError("Somebody else is asking the renderer just now; it is looked at again later.")
    return found


def _state(render_id: str) -> Row[str | None, str, str] | None:
    columns = select(Render.external_job_id, Render.status, Render.token_hash)
    row = db.session.execute(columns.where(Render.id == render_id)).one_or_none()
    db.session.rollback()
    return row
