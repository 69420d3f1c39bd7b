"""Videos in lists: the newest first, by cursor, and by what is looked for."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from extensions import db
from services.videos import states
from tests.api.client import CheckedClient
from tests.videos.rows import a_video
from tests.videos.sending import URL


def _ids(answer: Any) -> list[str]:
    return [video["id"] for video in answer.json["videos"]]


def test_it_pages_through_all_of_them_once(client: CheckedClient) -> None:
    made = [a_video(created_at=1_000_000.0 + n // 2) for n in range(7)]
    seen, cursor = [], ""
    while True:
        answer = client.get(f"{URL}?limit=3&cursor={cursor}")
        seen += _ids(answer)
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert set(seen[:1]) == {made[-1]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=failed", ["b"]),
        ("tenant_id=tenant-2", ["c"]),
        ("q=harbour+night", ["a"]),
        ("q=BOAT.MOV", ["c"]),
        ("q=100%25", []),
        ("status=failed&tenant_id=tenant-2", []),
    ],
)
def test_it_finds_what_is_looked_for(client: CheckedClient, query: str, expected: list[str]) -> None:
    a_video(id="a")
    a_video(id="b", name="Ships", status=states.FAILED)
    a_video(id="c", name="Ships", tenant_id="tenant-2", file_name="boat.mov")
    assert _ids(client.get(f"{URL}?{query}")) == expected


def test_it_counts_them_by_status(client: CheckedClient) -> None:
    for status in (states.READY, states.READY, states.FAILED):
        a_video(status=status)
    counts = client.get(URL).json["counts"]
    assert counts == {"pending": 0, "uploading": 0, "processing": 0, "ready": 2, "failed": 1}


@pytest.mark.parametrize("query", ["status=over", "limit=0", "limit=101", "cursor=x"])
def test_an_argument_that_is_not_acceptable_is_named(client: CheckedClient, query: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json["details"])) == (422, [query.partition("=")[0]])


def test_however_many_there_are_it_asks_as_often(app: Flask, client: CheckedClient) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(*args: Any) -> None:
            statements.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get(URL).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    a_video(status=states.UPLOADING)
    client.get(URL)
    few = asked()
    for _ in range(40):
        a_video(status=states.UPLOADING)
    assert asked() == few
