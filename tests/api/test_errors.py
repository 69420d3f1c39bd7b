"""Whatever goes wrong, the answer is JSON with a code, a sentence, and no more than may be told."""

import sqlite3
from typing import Any

import pytest
import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy.exc import DataError, IntegrityError
from structlog.testing import capture_logs

from blueprints import error_pages
from extensions import db
from services import fleet
from services.library import queries
from tests.api.client import CheckedClient


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/songs/x", "/api/songs/", "/api/jobs/x/y"])
def test_it_says_404_in_json_under_api(client: CheckedClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["success"], answer.json["error"]) == (404, False, "not_found")


def test_it_says_404_on_a_page_elsewhere(client: CheckedClient) -> None:
    answer = client.get("/nothing/here")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_it_says_405_and_which_methods_there_are(client: CheckedClient) -> None:
    answer = client.put("/api/songs")
    assert (answer.status_code, answer.json["error"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_says_404_for_ids_that_no_row_can_have(client: CheckedClient) -> None:
    for song_id in (0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, "9" * 5000, "-1", "1.0", "٣", "1e3", "%00"):
        for path in (f"/api/songs/{song_id}", f"/api/songs/{song_id}/analysis", f"/api/playlists/{song_id}"):
            assert client.get(path).status_code == 404, path


def test_it_notes_a_mistake_under_an_id_and_tells_nothing_else(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(queries, "list_songs", broken)
    monkeypatch.setattr(error_pages, "log", structlog.get_logger())  # one that was used keeps its earlier output
    with capture_logs() as lines:
        answer = client.get("/api/songs")
    assert (answer.status_code, answer.json["error"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (line,) = [line for line in lines if line["event"] == "unexpected_error"]
    assert line["error_id"] == answer.json["error_id"]
    assert "the secret inside" in str(line["exc_info"])


@pytest.mark.backend("sqlite")
def test_it_says_503_while_another_holds_the_database(client: CheckedClient, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    answer = client.post("/api/songs", json={"title": "x"})
    other.close()
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "sqlite" not in answer.text.lower()


def test_it_says_503_if_redis_fails(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise RedisConnectionError("unix:///secret/path")

    monkeypatch.setattr(fleet, "clean_up_progress", away)
    answer = client.post("/api/progress/cleanup")
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert "secret" not in answer.text


def test_it_says_422_for_a_value_that_fits_no_column(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unfit(*_: Any, **__: Any) -> None:
        raise DataError("SELECT secret", {}, Exception("integer out of range"))

    monkeypatch.setattr(queries, "list_songs", unfit)
    answer = client.get("/api/songs")
    assert (answer.status_code, answer.json["error"]) == (422, "invalid_input")
    assert "secret" not in answer.text


def test_it_says_409_for_a_clash_that_nobody_foresaw(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def clash(*_: Any, **__: Any) -> None:
        raise IntegrityError("INSERT INTO secret", {}, Exception("UNIQUE constraint failed: secret.column"))

    monkeypatch.setattr(queries, "list_songs", clash)
    answer = client.get("/api/songs")
    assert (answer.status_code, answer.json["error"]) == (409, "conflict")
    assert "secret" not in answer.text
