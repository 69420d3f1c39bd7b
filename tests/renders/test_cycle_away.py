"""While the storage or the renderer is away nothing ends: looks back off, and a cycle does not ask in vain for long."""

from typing import Any

import pytest

import clock
from models import User
from tests.conftest import RunJobs
from tests.renders.conftest import render
from tests.renders.cycles import a_cycle, make_due, under_way
from tests.servers.nca import API_KEY, Nca

MANY = 35
BATCH = 10


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY, "render_output_url": renderer.output_pattern}


def test_nothing_ends_while_the_storage_is_away(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job)
    renderer.files.status = 503
    make_due(100 * 3600.0)
    counts = a_cycle(run_jobs)
    waiting = render(asked["render_id"])
    assert (waiting.status, waiting.check_errors) == ("processing", 1)
    assert (counts["errors"], counts["still_processing"]) == (1, 1)
    renderer.files.status = None
    make_due()
    assert a_cycle(run_jobs)["completed"] == 1


def test_nothing_ends_while_the_renderer_is_away(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.down = True
    make_due(100 * 3600.0)
    assert a_cycle(run_jobs)["errors"] == 1
    assert render(asked["render_id"]).status == "processing"


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
def test_what_says_neither_yes_nor_no_ends_nothing(
    asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs, status: int
) -> None:
    renderer.files.status = status
    make_due(100 * 3600.0)
    assert a_cycle(run_jobs)["errors"] == 1
    assert render(asked["render_id"]).status == "processing"


def test_looks_in_vain_come_ever_more_seldom(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.files.status = 503
    pauses = []
    for _ in range(4):
        make_due(600.0)
        a_cycle(run_jobs)
        pauses.append((render(asked["render_id"]).check_at or 0.0) - clock.now())
    assert pauses == sorted(pauses)
    assert render(asked["render_id"]).check_errors == 4


def test_a_cycle_ends_early_and_loses_nothing(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    jobs = [under_way(owner.id, renderer) for _ in range(MANY)]
    for _, job in jobs:
        renderer.end(job)
    renderer.files.status, renderer.down = 503, True
    counts = a_cycle(run_jobs)
    assert (counts["checked"], counts["errors"]) == (BATCH, BATCH)
    assert "next cycle" in counts["message"]
    renderer.files.status, renderer.down = None, False
    assert a_cycle(run_jobs)["completed"] == MANY - BATCH
    make_due()
    assert a_cycle(run_jobs)["completed"] == BATCH


def test_what_the_renderer_has_not_taken_is_no_answer(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    for _ in range(MANY - BATCH):
        under_way(owner.id, renderer)
        under_way(owner.id, renderer, external_job_id=None)
    renderer.files.status, renderer.down = 503, True
    counts = a_cycle(run_jobs)
    assert "next cycle" in counts["message"]
    assert counts["checked"] <= 2 * BATCH
    assert 0 < counts["errors"] < counts["checked"]


def test_one_of_which_nobody_answers_keeps_no_others(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    told = renderer.end(under_way(owner.id, renderer)[1], output=None)
    told["response"] = [{"file_url": "http://127.0.0.1:9/nobody.mp4"}]
    renderer.end(under_way(owner.id, renderer)[1])
    counts = a_cycle(run_jobs)
    assert (counts["errors"], counts["completed"]) == (1, 1)
