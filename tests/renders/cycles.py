"""Cycles that look for renders, run in this process, and renders that are due for one."""

from typing import Any

from sqlalchemy import select, update
from ulid import ULID

from extensions import db, transaction
from models import Job, Render, RenderCycle
from services.renders.cycle import submit_cycle
from tests.conftest import RunJobs
from tests.renders.rows import a_render_of
from tests.servers.nca import COMPOSE, Nca, NcaJob


def make_due(seconds_ago: float = 600.0) -> None:
    """All that is looked for at all was begun so long ago, and is due."""
    with transaction() as session:
        begun = Render.created_at - seconds_ago
        session.execute(update(Render).where(Render.check_at.is_not(None)).values(created_at=begun, check_at=1.0))
        session.execute(
            update(Render).where(Render.asked_at.is_not(None)).values(asked_at=Render.asked_at - seconds_ago)
        )


def a_cycle(run_jobs: RunJobs) -> dict[str, Any]:
    """Goes through what is due; its job's result."""
    job_id = submit_cycle(str(ULID())).job_id
    run_jobs()
    job = db.session.get_one(Job, job_id, populate_existing=True)
    status, result, error = job.status, job.result, job.error
    db.session.rollback()
    assert status == "finished", error
    return dict(result or {})


def under_way(owner_id: int, renderer: Nca, **more: Any) -> tuple[str, NcaJob]:
    """A render that is due, and the renderer's job of it."""
    job = renderer.take(COMPOSE, {})
    columns: dict[str, Any] = {"external_job_id": job.job_id, "check_at": 1.0} | more
    render_id = a_render_of(owner_id, **columns)
    job.body["id"] = render_id
    return render_id, job


def cycles() -> list[RenderCycle]:
    db.session.rollback()
    return list(db.session.scalars(select(RenderCycle).order_by(RenderCycle.id)))
