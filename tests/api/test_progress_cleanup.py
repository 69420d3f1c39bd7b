"""Dropping the live progress of jobs that are over."""

from collections.abc import Callable

import pytest

from extensions import redis
from store import keys
from tests.api.client import CheckedClient


@pytest.fixture
def ended_job(analyze: Callable[..., str], run_jobs: Callable[[], None]) -> str:
    job_id = analyze()
    run_jobs()
    return job_id


def test_it_keeps_what_ended_within_a_day(client: CheckedClient, ended_job: str) -> None:
    assert client.post("/api/progress/cleanup").json == {"success": True, "removed": 0, "max_age_hours": 24.0}
    assert redis.client.exists(keys.progress(ended_job))


@pytest.mark.parametrize("in_body", [True, False])
def test_it_drops_what_ended_before_the_age_given(client: CheckedClient, ended_job: str, in_body: bool) -> None:
    given = {"json": {"max_age_hours": 0}} if in_body else {"query_string": {"max_age_hours": 0}}
    assert client.post("/api/progress/cleanup", **given).json["removed"] == 1
    assert not redis.client.exists(keys.progress(ended_job))
    assert client.get(f"/api/progress/{ended_job}").json["status"] == "finished"


@pytest.mark.parametrize("age", [-1, "nan", "inf", "soon", 1e300])
def test_it_refuses_an_age_that_is_none(client: CheckedClient, age: object) -> None:
    refused = client.post("/api/progress/cleanup", query_string={"max_age_hours": age})
    assert refused.status_code == 422
    assert refused.json["details"].keys() == {"max_age_hours"}
