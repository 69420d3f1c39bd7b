"""The job that looks after one render: asks for what the renderer has not taken yet, and after what it has."""

from sqlalchemy import select

from extensions import db
from models import Render
from services.jobs.work import Outcome, Work
from services.renders import looking, start, states


def tend(work: Work) -> Outcome:
    """Safe to run twice: asking has its turns, and a render ends once.

    :raise RendererRefused: if it will not do it; the render has failed then.
    :raise TransientError: if the renderer does not answer, so that the engine tries again.
    """
    render_id = work.job.target_id or ""
    work.progress.step("asking")
    external_job_id = _external_job_id(render_id)
    if external_job_id is None:
        start.ask(render_id)
    else:
        looking.look(render_id, external_job_id, states.POLL, is_known=True)
    return Outcome(result={"render_id": render_id, "status": _status(render_id)})


def _external_job_id(render_id: str) -> str | None:
    found = db.session.scalar(select(Render.external_job_id).where(Render.id == render_id))
    db.session.rollback()
    return found


def _status(render_id: str) -> str | None:
    found = db.session.scalar(select(Render.status).where(Render.id == render_id))
    db.session.rollback()
    return found
