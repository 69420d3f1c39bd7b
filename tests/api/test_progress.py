"""The progress of one job."""

from collections.abc import Callable
from typing import Any

import pytest

from extensions import redis
from store import keys
from tests.api.client import CheckedClient


def test_it_hands_the_stored_bytes_over_untouched(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    run_jobs()
    stored: Any = redis.client.get(keys.progress(job_id))
    answer = client.get(f"/api/progress/{job_id}")
    assert stored.partition(b"\n")[2] == answer.data
    assert answer.headers["ETag"].encode() == stored.partition(b"\n")[0]
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*"])
def test_it_answers_304_to_the_etag_it_gave(client: CheckedClient, analyze: Callable[..., str], form: str) -> None:
    address = f"/api/progress/{analyze()}"
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": form.format(etag)})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Cache-Control"] == "no-cache"


def test_it_answers_in_full_to_an_etag_of_before(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    before = client.get(f"/api/progress/{job_id}")
    run_jobs()
    after = client.get(f"/api/progress/{job_id}", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["status"]) == (200, "finished")
    assert after.json["version"] > before.json["version"]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_says_404_for_a_job_that_never_was(client: CheckedClient) -> None:
    for job_id in ("01JD8Z5M3V7Q2K4N6P8R0S1T2W", "nothing", "a" * 500, "%00", "01JD8Z5M3V7Q2K4N6P8R0S1T2%00"):
        answer = client.get(f"/api/progress/{job_id}")
        assert answer.status_code == 404


def test_it_answers_from_the_row_once_the_live_document_is_gone(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    run_jobs()
    redis.client.flushall()
    answer = client.get(f"/api/progress/{job_id}")
    assert (answer.status_code, answer.json["status"], answer.json["progress"]) == (200, "finished", 1.0)


def test_it_tells_why_a_job_failed(client: CheckedClient, failed_job: str) -> None:
    told = client.get(f"/api/progress/{failed_job}").json
    assert told["status"] == "failed"
    assert told["error"]
