"""The audit log as a page and as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from extensions import db, transaction
from models import AuditEntry, Job
from services import audit
from services.analysing import submit_song
from services.jobs.submit import submit
from tests.conftest import MakeSong
from tests.pages.conftest import Open


@pytest.fixture
def entries(app: Flask) -> list[int]:
    """Four things that three people did."""
    return [
        audit.record("ann", "pause", "queue", "high", details={"reason": "deploy <b>now</b>"}),
        audit.record("bob", "retry", "job", "0" * 26, details={"title": "A song"}, matched=1, changed=1),
        audit.record("bob", "delete", "job", "1" * 26, outcome=audit.REFUSED, message="It is running.", changed=0),
        audit.record(
            "=cmd()",
            "retry",
            "jobs",
            "2" * 26,
            details={"filter": {"status": "failed"}, "which": "Status: failed", "token": "2" * 26},
            matched=1240,
            changed=1238,
            skipped=2,
        ),
    ]


def test_it_says_what_shows_there_before_anything_was_done(open_page: Open) -> None:
    assert "Nothing yet" in open_page("/admin/audit").text


def test_it_tells_who_did_what_to_how_many_the_newest_first(open_page: Open, entries: list[int]) -> None:
    page = open_page("/admin/audit")
    rows = [found["id"] for found in page.all("tr") if "id" in found]
    assert rows == [f"audit-{number}" for number in reversed(entries)]
    for words in ("1,238 of 1,240", "Status: failed", "It is running.", "Refused", "deploy <b>now</b>", "queue high"):
        assert words in page.text
    assert page.all("a", href="/admin/jobs?status=failed")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=bob", [2, 1]),
        ("action=retry", [3, 1]),
        ("target=queue", [0]),
        ("target=queue:high", [0]),
        ("target=queue:low", []),
        ("target=" + "1" * 26, [2]),
        ("actor=bob&action=delete", [2]),
        ("since=1h", [3, 2, 1, 0]),
        ("until=1h", []),
        ("since=2020-01-01&until=2020-01-02", []),
    ],
)
def test_it_filters(open_page: Open, entries: list[int], query: str, found: list[int]) -> None:
    page = open_page(f"/admin/audit?{query}")
    assert [row["id"] for row in page.all("tr") if "id" in row] == [f"audit-{entries[n]}" for n in found]
    if not found:
        assert "Nothing matches" in page.text


def test_it_says_the_filter_in_words(open_page: Open, entries: list[int]) -> None:
    assert (
        "Retry on a job by bob, from 24h" in open_page("/admin/audit?action=retry&actor=bob&target=job&since=24h").text
    )


@pytest.mark.parametrize(
    ("field", "value"), [("since", "soon"), ("until", "x"), ("actor", "x" * 121), ("target", "a%00")]
)
def test_it_names_the_field_that_is_wrong(open_page: Open, entries: list[int], field: str, value: str) -> None:
    page = open_page(f"/admin/audit?{field}={value}", 422)
    assert page.all("div", role="alert")
    assert page.all("select" if field == "actor" else "input", name=field, aria_invalid="true")


def test_it_turns_pages(open_page: Open) -> None:
    for number in range(55):
        audit.record("ann", "pause", "queue", f"q{number}")
    (link,) = open_page("/admin/audit?actor=ann").all("a", rel="next")
    assert "actor=ann" in link["href"]
    assert len([row for row in open_page(link["href"]).all("tr") if "id" in row]) == 5


def test_it_shows_a_live_bar_while_it_runs_and_how_it_ended_then(open_page: Open) -> None:
    job_id = submit("bulk_action", params={"action": "retry"}).job_id
    number = audit.record("ann", "retry", "jobs", "2" * 26, outcome=audit.RUNNING, job_id=job_id)
    page = open_page("/admin/audit")
    assert page.all("div", id=f"slot-audit-{number}", data_job_id=job_id)
    assert "Under way" in page.text
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(status="failed"))
    page = open_page("/admin/audit")
    assert not page.all("div", id=f"slot-audit-{number}")
    assert "Failed" in page.text
    assert "Under way" not in page.text


def test_it_asks_the_database_as_often_for_many_as_for_few(
    open_page: Open, entries: list[int], statements: list[str]
) -> None:
    open_page("/admin/audit")
    few = len(statements)
    for number in range(50):
        audit.record("ann", "pause", "queue", f"q{number}")
    statements.clear()
    open_page("/admin/audit")
    assert len(statements) == few == 3


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked about the log; the rest of the page asks about other things."""
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM audit_entry" in statement:
            told.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield told
    event.remove(db.engine, "before_cursor_execute", listen)


def _exported(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    told: Any = client.get(f"/admin/audit/export.json{query}").json
    entries: list[dict[str, Any]] = told["entries"]
    return entries


def test_it_exports_what_is_listed(client: FlaskClient, entries: list[int]) -> None:
    answer = client.get("/admin/audit/export.csv?action=retry")
    assert "attachment; filename=audit-" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["actor"] for row in rows] == ["'=cmd()", "bob"]
    assert rows[0]["changed"] == "1238"
    assert _exported(client, "?actor=bob")[0]["message"] == "It is running."
    assert client.get("/admin/audit/export.xml").status_code == 404
    assert client.get("/admin/audit/export.csv?since=soon").status_code == 422


def test_it_exports_more_than_one_batch(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.audit_log.EXPORT_BATCH", 2)
    for number in range(5):
        audit.record("ann", "pause", "queue", f"q{number}")
    assert [entry["target_id"] for entry in _exported(client)] == ["q4", "q3", "q2", "q1", "q0"]


def test_it_forgets_what_is_old(app: Flask, entries: list[int]) -> None:
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == entries[0]).values(at=AuditEntry.at - 401 * 86_400))
    assert audit.prune() == 1
    assert list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id))) == entries[1:]


def test_it_settles_what_ended_without_a_word(make_song: MakeSong) -> None:
    alive, gone = submit_song(make_song().id).job_id, "Z" * 26
    running = audit.record("ann", "retry", "jobs", "a", outcome=audit.RUNNING, job_id=alive)
    lost = audit.record("ann", "retry", "jobs", "b", outcome=audit.RUNNING, job_id=gone)
    assert audit.settle_abandoned() == 1
    told = db.session.execute(select(AuditEntry.id, AuditEntry.outcome))
    assert {row.id: row.outcome for row in told} == {running: "running", lost: "failed"}
