"""What an operator may do to one job."""

from collections.abc import Callable

import pytest

from tests.api.client import CheckedClient


def test_it_cancels_a_waiting_job(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    canceled = {"success": True, "job_id": job_id, "status": "canceled"}
    assert client.post(f"/api/jobs/{job_id}/cancel").json == canceled
    assert client.post(f"/api/jobs/{job_id}/cancel").json == canceled
    assert client.get(f"/api/progress/{job_id}").json["status"] == "canceled"


def test_it_does_not_cancel_what_is_over(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    run_jobs()
    refused = client.post(f"/api/jobs/{job_id}/cancel")
    assert (refused.status_code, refused.json["error"]) == (409, "already_over")


def test_it_retries_a_canceled_job(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    client.post(f"/api/jobs/{job_id}/cancel")
    assert client.post(f"/api/jobs/{job_id}/retry").json == {"success": True, "job_id": job_id, "status": "queued"}
    run_jobs()
    assert client.get(f"/api/progress/{job_id}").json["status"] == "finished"


def test_it_does_not_retry_a_waiting_job(client: CheckedClient, analyze: Callable[..., str]) -> None:
    refused = client.post(f"/api/jobs/{analyze()}/retry")
    assert (refused.status_code, refused.json["details"]) == (409, {"status": "queued"})


def test_it_deletes_a_job_that_is_over(client: CheckedClient, failed_job: str) -> None:
    assert client.delete(f"/api/jobs/{failed_job}").json == {"success": True, "job_id": failed_job}
    assert client.get(f"/api/progress/{failed_job}").status_code == 404


def test_it_does_not_delete_a_waiting_job(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    assert client.delete(f"/api/jobs/{job_id}").status_code == 409
    assert client.get(f"/api/progress/{job_id}").status_code == 200


@pytest.mark.parametrize("job_id", ["01JD8Z5M3V7Q2K4N6P8R0S1T2W", "nothing"])
def test_it_says_404_for_a_job_that_never_was(client: CheckedClient, job_id: str) -> None:
    answers = (
        client.post(f"/api/jobs/{job_id}/cancel"),
        client.post(f"/api/jobs/{job_id}/retry"),
        client.delete(f"/api/jobs/{job_id}"),
    )
    assert {answer.status_code for answer in answers} == {404}
