"""Tags, by which jobs are found."""

import pytest
from flask import Flask

from errors import InvalidInput
from services.jobs import export
from services.jobs.filters import JobFilter
from services.jobs.search import Search
from services.jobs.submit import submit
from tests.api.client import CheckedClient

both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def _submit(*tags: str) -> str:
    return submit("analyze_song", tags=tags).job_id


def test_a_job_tells_of_its_tags(client: CheckedClient) -> None:
    job_id = _submit("recovery", "n8n", "recovery")
    assert client.get(f"/api/jobs/{job_id}/status").json["tags"] == ["recovery", "n8n"]


@both_databases
def test_it_finds_those_that_bear_a_tag(client: CheckedClient) -> None:
    wanted = [_submit("recovery"), _submit("nightly", "recovery")]
    _submit("recovery2")
    _submit()
    jobs = client.get("/api/jobs?tag=recovery").json["jobs"]
    assert sorted(job["job_id"] for job in jobs) == wanted


@both_databases
def test_a_blank_of_like_is_none_in_a_tag(client: CheckedClient) -> None:
    _submit("a-b")
    assert client.get("/api/jobs?tag=a_b").json["jobs"] == []


def test_it_refuses_what_is_no_tag(client: CheckedClient) -> None:
    refused = client.get("/api/jobs?tag=No+Tag")
    assert (refused.status_code, list(refused.json["details"])) == (422, ["tag"])


@pytest.mark.parametrize("tags", [["No Tag"], [""], ["x" * 41], [f"t{n}" for n in range(11)]])
def test_no_job_is_taken_in_with_what_is_no_tag(app: Flask, tags: list[str]) -> None:
    with pytest.raises(InvalidInput, match="tag"):
        submit("analyze_song", tags=tags)


def test_they_are_exported(app: Flask) -> None:
    _submit("nightly", "n8n")
    (row,) = export.rows(Search(JobFilter(tag="n8n")))
    assert row["tags"] == "nightly n8n"
