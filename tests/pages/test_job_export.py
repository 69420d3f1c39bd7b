"""The list of jobs as a file."""

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.jobs import export, search
from tests.pages.job_rows import add_job

NOW = 1_790_000_000.0


def _csv(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/admin/jobs/export.csv{query}")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_it_holds_all_that_the_filter_means_in_its_order(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    monkeypatch.setattr(search, "WINDOW", 3)
    failed = [add_job("failed", at=NOW + n, title=f"Song {n}") for n in range(0, 14, 2)]
    for n in range(1, 14, 2):
        add_job(at=NOW + n, title=f"Song {n}")
    assert [row["job_id"] for row in _csv(client, "?status=failed&q=song&sort=oldest")] == failed
    answer = client.get("/admin/jobs/export.json?status=failed&q=song")
    told = json.loads(answer.text)
    assert [job["job_id"] for job in told["jobs"]] == failed[::-1]
    assert told["filter"] == {"status": "failed", "q": "song"}


def test_it_has_names_that_say_what_is_inside(client: FlaskClient) -> None:
    answer = client.get("/admin/jobs/export.json?status=failed")
    assert answer.mimetype == "application/json"
    assert "attachment; filename=jobs-failed-2" in answer.headers["Content-Disposition"]
    assert json.loads(answer.text)["jobs"] == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_it_lets_no_spreadsheet_run_a_cell(client: FlaskClient, start: str) -> None:
    add_job(title=f"{start}cmd|' /C calc'!A0", error='line 1\nline 2, "quoted"')
    (row,) = _csv(client)
    assert row["title"] == f"'{start}cmd|' /C calc'!A0"
    assert row["error"] == 'line 1\nline 2, "quoted"'


def test_it_tells_no_traceback_and_no_parameters(client: FlaskClient) -> None:
    add_job("failed", error_detail="Traceback (most recent call last)", params={"api_key": "hidden"})
    for form in ("csv", "json"):
        text = client.get(f"/admin/jobs/export.{form}").text
        assert "Traceback" not in text
        assert "api_key" not in text


def test_it_is_made_piece_by_piece(client: FlaskClient) -> None:
    for n in range(250):
        add_job(at=NOW + n)
    answer = client.get("/admin/jobs/export.json", buffered=False)
    assert answer.is_streamed
    assert len(list(answer.iter_encoded())) > 2


def test_it_tells_which_files_there_are(client: FlaskClient) -> None:
    answer = client.get("/admin/jobs/export.xml")
    assert answer.status_code == 404
    assert "csv or json" in answer.text


def test_it_refuses_a_filter_that_there_is_not(client: FlaskClient) -> None:
    assert client.get("/admin/jobs/export.csv?status=sleepy").status_code == 422
