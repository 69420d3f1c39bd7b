"""A thousand renders in one cycle: each ends once, with a few statements a batch."""

from typing import Any

import pytest
from sqlalchemy import func, select

from extensions import db
from models import Render, RenderEvent, Segment, User
from tests.conftest import RunJobs
from tests.past import statements
from tests.renders.cycles import a_cycle, make_due, under_way
from tests.servers.nca import API_KEY, Nca

MANY, BATCH = 1000, 100


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {
        "nca_base_url": renderer.url,
        "nca_api_key": API_KEY,
        "render_output_url": renderer.output_pattern,
        "polling_batch_size": BATCH,
    }


def test_all_end_once_in_one_cycle(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    for _ in range(MANY):
        renderer.put_output(under_way(owner.id, renderer)[1])
    assert a_cycle(run_jobs)["completed"] == MANY
    assert db.session.scalar(select(func.count()).where(Render.status == "completed")) == MANY
    assert db.session.scalar(select(func.count()).where(Segment.status == "combined")) == MANY
    assert db.session.scalar(select(func.count()).where(RenderEvent.kind == "finished")) == MANY


def test_those_that_wait_cost_one_statement_a_batch(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    owner_id = owner.id
    for _ in range(BATCH // 3):
        under_way(owner_id, renderer)
    few = _statements(run_jobs)
    for _ in range(BATCH // 3):
        under_way(owner_id, renderer)
    make_due()
    assert _statements(run_jobs) == few


def _statements(run_jobs: RunJobs) -> list[str]:
    """Of the cycle itself: what the engine sends for its job depends on how long it takes."""
    with statements() as sent:
        a_cycle(run_jobs)
    return [each.split("(")[0] for each in sent if "render" in each]
