"""On PostgreSQL as on SQLite: what waits is put off, what is stuck is told of, and figures are counted."""

from typing import Any

import pytest

import clock
from models import User
from services.renders import reads
from services.renders.figures import figures
from services.renders.retrying import retry
from services.renders.stuck import count_stuck, stuck_renders
from tests.conftest import RunJobs
from tests.renders.conftest import render
from tests.renders.cycles import a_cycle, cycles, under_way
from tests.servers.nca import API_KEY, Nca


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY}


def test_it_does_the_same_there(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    owner_id = owner.id
    begun = {"asked_at": clock.now() - 600.0}
    running, _ = under_way(owner_id, renderer, **begun)
    done, job = under_way(owner_id, renderer, **begun)
    missing, missing_job = under_way(owner_id, renderer, **begun)
    old, _ = under_way(owner_id, renderer, asked_at=1.0)
    forgotten, _ = under_way(
        owner_id, renderer, status="expired", active_key=None, finished_at=clock.now() - 8 * 86_400
    )
    renderer.end(job)
    renderer.end(missing_job, output=None)
    counts = a_cycle(run_jobs)
    assert (counts["checked"], counts["completed"], counts["expired"], counts["still_processing"]) == (5, 1, 1, 2)
    assert [render(each).status for each in (running, done, missing, old)] == [
        "processing",
        "completed",
        "processing",
        "expired",
    ]
    assert render(running).checks == 1
    assert render(missing).told_done_at is not None
    assert render(forgotten).check_at is None
    assert [each.checked for each in cycles()] == [5]
    assert {each.render_id for each in stuck_renders(10)} == {running, missing, old}
    assert count_stuck() == figures().stuck == 3
    assert figures().windows[0].by_poll == 1
    assert [each.id for each in reads.page(owner_id, stuck=True).items] == [running, missing, old]
    retry(old, by="Otto")
    assert render(old).status == "processing"
