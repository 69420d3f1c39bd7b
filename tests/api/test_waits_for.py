"""What is told of a job that waits for another one."""

from typing import Any

import pytest
from sqlalchemy import event

from extensions import db
from services.jobs.submit import submit
from tests.api.client import CheckedClient


@pytest.fixture
def waiting(client: CheckedClient) -> tuple[str, str]:
    """The ids of a job and of the one that waits for it."""
    first = submit("analyze_song", title="Hymn").job_id
    return first, submit("analyze_song", title="Clips", after=first).job_id


def test_its_progress_names_what_it_waits_for(client: CheckedClient, waiting: tuple[str, str]) -> None:
    first, second = waiting
    told = client.get(f"/api/progress/{second}").json
    assert (told["status"], told["step_label"]) == ("deferred", "Waiting for another job")
    assert told["message"] == "Waits for “Hymn” to finish."
    assert told["waits_for"] == {"job_id": first, "title": "Hymn", "status": "queued"}


def test_its_status_names_what_it_waits_for(client: CheckedClient, waiting: tuple[str, str]) -> None:
    first, second = waiting
    assert client.get(f"/api/jobs/{second}/status").json["waits_for"]["job_id"] == first
    assert client.get(f"/api/jobs/{first}/status").json["waits_for"] is None


@pytest.mark.parametrize("address", ["/jobs/{}", "/admin/jobs/{}"])
def test_its_page_leads_to_what_it_waits_for(client: CheckedClient, waiting: tuple[str, str], address: str) -> None:
    first, second = waiting
    page: Any = client.get(address.format(second)).text
    assert "Waits for" in page
    assert f"/{first}" in page


def test_many_that_wait_are_told_of_by_one_look(client: CheckedClient, waiting: tuple[str, str]) -> None:
    ids = [waiting[1], *(submit("analyze_song", after=waiting[0]).job_id for _ in range(5))]
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    assert len(client.get(f"/api/progress?ids={','.join(ids)}").json["progress"]) == 6
    assert len([statement for statement in said if " FROM job " in statement.replace("\n", " ")]) == 2
