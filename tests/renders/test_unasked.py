"""What the renderer has not taken is asked for by cycles, however long it is away, as long as there is one."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from extensions import current_settings, transaction
from models import Job
from tests.conftest import RunJobs
from tests.renders.conftest import COMBINE, render
from tests.renders.cycles import a_cycle, make_due
from tests.servers.nca import Nca


def _nobody_asks(client: FlaskClient, renderer: Nca) -> str:
    """A render that was taken in while the renderer was away, and whose job has given up."""
    renderer.down = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    with transaction() as session:
        session.execute(update(Job).values(status="failed", active_key=None))
    return str(render_id)


def test_a_cycle_has_it_asked_for(client: FlaskClient, renderer: Nca, run_jobs: RunJobs) -> None:
    render_id = _nobody_asks(client, renderer)
    renderer.down = False
    make_due(100 * 3600.0)
    assert a_cycle(run_jobs)["still_processing"] == 1
    assert render(render_id).external_job_id == renderer.job.job_id
    assert (render(render_id).status, render(render_id).check_errors) == ("processing", 0)


def test_it_has_its_full_time_from_then_on(client: FlaskClient, renderer: Nca, run_jobs: RunJobs) -> None:
    render_id = _nobody_asks(client, renderer)
    renderer.down = False
    make_due(23 * 3600.0)
    a_cycle(run_jobs)
    make_due(2 * 3600.0)
    assert a_cycle(run_jobs)["expired"] == 0
    assert render(render_id).status == "processing"


def test_without_a_renderer_it_is_given_up(app: Flask, client: FlaskClient, renderer: Nca, run_jobs: RunJobs) -> None:
    render_id = _nobody_asks(client, renderer)
    gone: dict[str, Any] = {"nca_base_url": None}
    app.extensions["backbeat_settings"] = current_settings().model_copy(update=gone)
    make_due(100 * 3600.0)
    assert a_cycle(run_jobs)["expired"] == 1
    assert render(render_id).status == "expired"
