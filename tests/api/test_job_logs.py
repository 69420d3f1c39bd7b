"""What a job logged while it ran."""

from collections.abc import Callable

from extensions import db
from models import JobLog
from tests.api.client import CheckedClient


def test_it_gives_the_last_lines_first_page_by_page(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    db.session.add_all(JobLog(job_id=job_id, attempt=1, at=float(n), level="info", message=f"{n}") for n in range(5))
    db.session.commit()
    last = client.get(f"/api/jobs/{job_id}/logs?limit=3").json
    assert [line["message"] for line in last["lines"]] == ["2", "3", "4"]
    assert last["lines"][0]["at"] == "1970-01-01T00:00:02.000Z"
    first = client.get(f"/api/jobs/{job_id}/logs", query_string={"cursor": last["next_cursor"]}).json
    assert [line["message"] for line in first["lines"]] == ["0", "1"]
    assert first["next_cursor"] is None


def test_it_says_404_for_a_job_that_never_was(client: CheckedClient) -> None:
    assert client.get("/api/jobs/01JD8Z5M3V7Q2K4N6P8R0S1T2W/logs").json["error"] == "no_such_job"
