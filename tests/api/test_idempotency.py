"""Requests that come twice, with an `Idempotency-Key`."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, table, update

from extensions import db, transaction
from models import IdempotentRequest, Job, Playlist, User
from services import idempotency
from tests.api.client import CheckedClient

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
SONGS = "/api/songs"
both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def _new(title: str = "Hymn") -> dict[str, Any]:
    return {"title": title, "artist": "Ada"}


def _jobs() -> int | None:
    return db.session.scalar(select(func.count()).select_from(Job))


def test_it_does_the_work_once_and_answers_the_same(client: CheckedClient, owner: User) -> None:
    first = client.post(SONGS, json=_new(), headers=KEY)
    again = client.post(SONGS, json=_new(), headers=KEY)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")


def test_it_starts_no_second_job(
    client: CheckedClient, make_song: Callable[..., Any], run_jobs: Callable[[], None]
) -> None:
    address = f"/api/songs/{make_song().id}/analyze"
    first = client.post(address, headers=KEY)
    run_jobs()
    again = client.post(address, headers=KEY)
    assert again.json == first.json
    assert again.headers["Retry-After"] == "1"
    assert _jobs() == 1


def test_it_refuses_the_key_for_another_body(client: CheckedClient, owner: User) -> None:
    client.post(SONGS, json=_new(), headers=KEY)
    refused = client.post(SONGS, json=_new("Another"), headers=KEY)
    assert (refused.status_code, refused.json["error"]) == (422, "idempotency_key_reused")


def test_it_refuses_the_key_at_another_address(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    one, other = make_song().id, make_song().id
    client.post(f"/api/songs/{one}/analyze", headers=KEY)
    refused = client.post(f"/api/songs/{other}/analyze", headers=KEY)
    assert refused.json["error"] == "idempotency_key_reused"


def test_it_answers_a_refusal_again(client: CheckedClient, owner: User) -> None:
    client.post(SONGS, json=_new())
    refusals = [client.post(SONGS, json=_new(), headers=KEY) for _ in range(2)]
    assert [refusal.status_code for refusal in refusals] == [409, 409]
    assert refusals[1].headers["Idempotency-Replayed"] == "true"


def test_it_does_again_what_went_wrong_on_our_side(
    client: CheckedClient, make_playlist: Callable[..., Playlist], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/playlists/{make_playlist().id}/analyze"
    with monkeypatch.context() as broken:
        broken.setattr("services.analysing.submit_playlist", lambda _: 1 / 0)
        assert client.post(address, headers=KEY).status_code == 500
    assert client.post(address, headers=KEY).status_code == 202


def test_it_answers_without_a_key_as_ever(client: CheckedClient, owner: User) -> None:
    assert [client.post(SONGS, json=_new()).status_code for _ in range(2)] == [201, 409]
    assert db.session.scalar(select(IdempotentRequest)) is None


@pytest.mark.parametrize("key", ["", "x" * 256, "café", "tab\tin it"])
def test_it_refuses_what_is_no_key(client: CheckedClient, owner: User, key: str) -> None:
    refused = client.post(SONGS, json=_new(), headers={"Idempotency-Key": key})
    assert (refused.status_code, refused.json["error"]) == (422, "bad_idempotency_key")


def test_it_says_so_while_the_first_is_being_answered(client: CheckedClient, owner: User) -> None:
    client.post(SONGS, json=_new(), headers=KEY)
    with transaction() as session:
        session.execute(update(IdempotentRequest).values(status=None, body=""))
    waiting = client.post(SONGS, json=_new(), headers=KEY)
    assert (waiting.status_code, waiting.json["error"]) == (409, "idempotency_key_in_use")
    assert waiting.headers["Retry-After"] == "1"


def test_it_takes_over_from_a_request_that_was_lost(client: CheckedClient, owner: User) -> None:
    with transaction() as session:
        session.add(IdempotentRequest(owner_id=1, key=KEY["Idempotency-Key"], request_digest="lost", created_at=0.0))
    assert client.post(SONGS, json=_new(), headers=KEY).status_code == 201


def test_it_forgets_after_a_day(client: CheckedClient, owner: User) -> None:
    client.post(SONGS, json=_new(), headers=KEY)
    with transaction() as session:
        session.execute(update(IdempotentRequest).values(created_at=IdempotentRequest.created_at - 86_401))
    assert client.post(SONGS, json=_new("Another"), headers=KEY).status_code == 201
    idempotency.prune()
    assert db.session.scalar(select(func.count()).select_from(IdempotentRequest)) == 1


def test_it_keeps_no_answer_in_the_clear(client: CheckedClient, owner: User) -> None:
    client.post(SONGS, json=_new("Open secret"), headers=KEY)
    assert "Open secret" not in (db.session.scalar(select(IdempotentRequest.body)) or "Open secret")


def _form(**files: str) -> dict[str, Any]:
    return {"files": [(BytesIO(text.encode()), f"{name}.txt") for name, text in files.items()]}


def test_it_knows_files_by_what_is_in_them(client: CheckedClient, owner: User) -> None:
    first = client.post("/api/import", data=_form(one="la"), headers=KEY)
    again = client.post("/api/import", data=_form(one="la"), headers=KEY)
    assert (first.status_code, again.json) == (202, first.json)
    assert client.post("/api/import", data=_form(one="lu"), headers=KEY).status_code == 422
    assert _jobs() == 1


@both_databases
def test_it_does_the_work_once_for_many_at_the_same_moment(app: Flask, make_song: Callable[..., Any]) -> None:
    address, barrier = f"/api/songs/{make_song().id}/analyze", threading.Barrier(8)

    def click(_: int) -> int:
        barrier.wait()
        return app.test_client().post(address, headers=KEY).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(click, range(8)))
    assert codes <= {202, 409}
    assert 202 in codes
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(IdempotentRequest)) == 1
    assert _jobs() == 1


def test_the_document_tells_of_the_header(client: CheckedClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    named = [parameter["name"] for parameter in paths["/api/songs"]["post"]["parameters"]]
    assert "Idempotency-Key" in named
    assert "409" in paths["/api/import"]["post"]["responses"]


def test_it_tells_of_work_that_is_done_though_the_answer_cannot_be_kept(
    client: CheckedClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = idempotency._settle
    monkeypatch.setattr(idempotency, "_settle", lambda _: settle(delete(table("not_there"))))
    assert client.post(SONGS, json=_new(), headers=KEY).status_code == 201
