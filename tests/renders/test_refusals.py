"""What may not be asked for, and calls that are none."""

import hmac
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItemPerMinute
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from extensions import db
from models import Render, RenderEvent, Segment, User, Video
from services.access import limits
from services.library import users
from services.renders import inbound, start
from tests.renders.conftest import COMBINE, Called, render
from tests.renders.rows import a_render_of
from tests.servers.nca import Nca

NOBODYS = "/webhooks/render/nobody-was-ever-given-this"
CALL: dict[str, Any] = {"id": None, "job_id": "a-job", "code": 200, "response": [], "message": "success"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"operation": "explode"}, "operation"),
        ({"target_type": "video"}, "target_type"),
        ({"target_id": "../etc"}, "target_id"),
        ({"inputs": {"voice_url": "https://example.org/v"}}, "inputs.video_url"),
        ({"inputs": COMBINE["inputs"] | {"video_url": "file:///etc/passwd"}}, "inputs.video_url"),
        ({"inputs": COMBINE["inputs"] | {"video_url": "http://169.254.169.254/latest"}}, "inputs.video_url"),
        ({"inputs": COMBINE["inputs"] | {"voice_url": "http://localhost/v.mp3"}}, "inputs.voice_url"),
        ({"inputs": COMBINE["inputs"] | {"voice_url": "https://example.org:6379/"}}, "inputs.voice_url"),
        ({"inputs": COMBINE["inputs"] | {"voice_url": f"https://example.org/{'x' * 2000}"}}, "inputs.voice_url"),
        ({"inputs": COMBINE["inputs"] | {"voice_url": 7}}, "inputs.voice_url"),
        ({"inputs": COMBINE["inputs"] | {"colour": "blue"}}, "inputs.colour"),
    ],
)
def test_it_names_what_is_wrong(client: FlaskClient, renderer: Nca, changes: dict[str, Any], named: str) -> None:
    answer = client.post("/api/renders", json=COMBINE | changes)
    assert answer.status_code == 422
    assert list(answer.get_json()["details"]) == [named]
    assert renderer.jobs == {}
    assert db.session.scalar(select(func.count(Segment.id))) == 0


def test_what_a_target_has_itself_may_lie_anywhere(client: FlaskClient, owner: User, renderer: Nca) -> None:
    files = {"voice_url": "http://10.0.0.7:9000/v.mp3", "video_url": "http://minio:9000/p.mp4"}
    times = {"created_at": 0.0, "updated_at": 0.0}
    db.session.add(Segment(id="intro", owner_id=owner.id, status="pending", **files, **times))
    db.session.commit()
    assert client.post("/api/renders", json=COMBINE | {"inputs": {}}).status_code == 202
    long = f"https://files.example.org/v.mp3?signature={'x' * 1000}"
    assert (
        client.post("/api/renders", json=COMBINE | {"target_id": "b", "inputs": {"voice_url": long}}).status_code == 422
    )
    assert (
        client.post(
            "/api/renders", json=COMBINE | {"target_id": "b", "inputs": COMBINE["inputs"] | {"voice_url": long}}
        ).status_code
        == 202
    )


def test_a_target_of_somebody_elses_is_not_there(client: FlaskClient, owner: User) -> None:
    other = User(name="Somebody else", created_at=0.0)
    db.session.add(other)
    db.session.commit()
    a_render_of(other.id, target_id="intro")
    assert client.post("/api/renders", json=COMBINE).status_code == 404


@pytest.mark.parametrize("status", ["uploading", "pending", "processing"])
def test_a_video_that_is_being_taken_in_is_not_worked_on(client: FlaskClient, owner: User, status: str) -> None:
    video = Video(id="show", owner_id=owner.id, tenant_id="1", status=status, upload_id="0" * 26)
    video.created_at = video.updated_at = 0.0
    db.session.add(video)
    db.session.commit()
    inputs = {"video_urls": ["https://example.org/1.mp4"]}
    body = {"operation": "concatenate", "target_type": "video", "target_id": "show", "inputs": inputs}
    answer = client.post("/api/renders", json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "target_busy")
    assert db.session.scalar(select(func.count(Render.id))) == 0


def test_whoever_names_a_new_target_at_the_same_moment_does_not_get_the_others_render(
    client: FlaskClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = User(name="Somebody else", created_at=0.0)
    db.session.add(other)
    db.session.commit()
    real, other_id = start._insert, other.id

    def beaten(*_: object) -> start.Started:
        """The other's is committed between our look and our insert."""
        monkeypatch.setattr(start, "_insert", real)
        db.session.rollback()
        raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))

    a_render_of(other_id, target_id="intro", active_key="segment:intro", inputs=COMBINE["inputs"])
    monkeypatch.setattr(start, "_insert", beaten)
    assert client.post("/api/renders", json=COMBINE).status_code == 404


def test_forged_calls_are_all_answered_alike(
    client: FlaskClient, asked: dict[str, Any], renderer: Nca, called: Called
) -> None:
    token = renderer.job.webhook_url.rpartition("/")[2]
    forged = [NOBODYS, f"/webhooks/render/{token[:-1]}", f"/webhooks/render/{token}x", "/webhooks/render/é"]
    answers = [client.post(address, json=CALL) for address in forged]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.get_data() for answer in answers}) == 1
    assert answers[0].get_json()["error"] == "bad_token"
    assert render(asked["render_id"]).status == "processing"
    assert renderer.looks == []


def test_whose_token_it_is_is_found_out_at_the_same_cost(
    app: Flask, client: FlaskClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock can be trusted to show it: the same look and one comparison of equally long digests, known or not."""
    a_render_of(owner.id, token="a token", external_job_id="another job")
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def counting(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return bool(real(one, other))

    monkeypatch.setattr(hmac, "compare_digest", counting)
    for token in ("a token", "no token"):
        client.post(f"/webhooks/render/{token}", json=CALL)
    assert compared == [(64, 64), (64, 64)]


def test_a_call_that_is_none_is_refused_before_its_token_is_looked_at(client: FlaskClient) -> None:
    assert client.post(NOBODYS, data=b"{", content_type="application/json").status_code == 400
    assert client.post(NOBODYS, data=b"a=b", content_type="text/plain").status_code == 415
    assert client.post(NOBODYS, json={"code": 200}).status_code == 422
    assert client.post(NOBODYS, json=CALL | {"message": "x" * 300_000}).status_code == 413
    assert client.get(NOBODYS).status_code == 405


def test_calls_of_nobody_write_nothing(client: FlaskClient) -> None:
    client.post(NOBODYS, json=CALL)
    assert db.session.scalar(select(func.count(RenderEvent.id))) == 0


def test_nobody_calls_without_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RENDERER_CALLS_PER_ADDRESS", RateLimitItemPerMinute(3))
    codes = [client.post(NOBODYS, json=CALL).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]


def test_no_more_than_some_threads_wait_for_the_renderer(
    asked: dict[str, Any], renderer: Nca, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer.end(renderer.job)
    assert inbound._turns.acquire(blocking=False)
    assert inbound._turns.acquire(blocking=False)
    try:
        assert called(renderer.job).status_code == 200
    finally:
        inbound._turns.release(2)
    assert renderer.looks == []
    assert render(asked["render_id"]).status == "processing"


class TestWithoutRenderer:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {}

    def test_it_says_that_there_is_none(self, client: FlaskClient) -> None:
        users.default_owner()
        answer = client.post("/api/renders", json=COMBINE)
        assert (answer.status_code, answer.get_json()["error"]) == (409, "no_renderer")
        assert db.session.scalar(select(func.count(Render.id))) == 0
