"""Webhooks over HTTP: made, changed, tried out, and what became of each message."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.webhooks import deliveries
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe


@pytest.fixture
def made(client: FlaskClient, receiver: Sink) -> dict[str, Any]:
    answered = client.post("/api/webhooks", json={"url": receiver.url, "events": ["job.failed"]})
    assert answered.status_code == 201
    webhook: dict[str, Any] = answered.get_json()
    assert answered.headers["Location"] == f"/api/webhooks/{webhook['id']}"
    return webhook


def test_it_tells_the_secret_once(client: FlaskClient, made: dict[str, Any]) -> None:
    assert made["secret"].startswith("whsec_")
    assert (made["events"], made["is_standing"]) == (["job.failed"], True)
    for path in (f"/api/webhooks/{made['id']}", "/api/webhooks"):
        told = client.get(path)
        assert made["url"] in told.text
        assert "whsec_" not in told.text


def test_it_refuses_a_second_of_one_address(client: FlaskClient, made: dict[str, Any]) -> None:
    answered = client.post("/api/webhooks", json={"url": made["url"] + "#again"})
    assert (answered.status_code, answered.get_json()["details"]) == (409, {"id": made["id"]})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "http://user:secret@example.com/"}, "url"),
        ({"url": "https://example.com/\0"}, "url"),
        ({"url": "http://127.0.0.1/" + "ü" * 200}, "url"),  # 1200 characters as it is kept
        ({"url": "http://127.0.0.1/", "events": []}, "events"),
        ({"url": "http://127.0.0.1/", "events": ["job.eaten"]}, "events.0"),
        ({"url": "http://127.0.0.1/", "secret": "mine"}, "secret"),
    ],
)
def test_it_names_what_is_wrong(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answered = client.post("/api/webhooks", json=body)
    assert answered.status_code == 422
    assert list(answered.get_json()["details"]) == [field]


def test_it_changes_one(client: FlaskClient, made: dict[str, Any]) -> None:
    path = f"/api/webhooks/{made['id']}"
    changed = client.patch(path, json={"events": ["job.finished"], "description": "Ours"}).get_json()
    assert (changed["events"], changed["description"], changed["url"]) == (["job.finished"], "Ours", made["url"])


def test_it_switches_one_off_and_on(client: FlaskClient, made: dict[str, Any]) -> None:
    path = f"/api/webhooks/{made['id']}"
    off = client.patch(path, json={"enabled": False}).get_json()
    assert off["disabled_reason"].startswith("It was switched off by ")
    refused = client.post(f"{path}/test")
    assert (refused.status_code, refused.get_json()["error"]) == (409, "webhook_off")
    on = client.patch(path, json={"enabled": True}).get_json()
    assert (on["disabled_at"], on["disabled_reason"]) == (None, None)
    assert client.post(f"{path}/test").status_code == 202


def test_it_replaces_the_secret(client: FlaskClient, made: dict[str, Any]) -> None:
    rotated = client.post(f"/api/webhooks/{made['id']}/rotate").get_json()
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_until"] > rotated["updated_at"]


def test_it_deletes_one_with_its_deliveries(client: FlaskClient, made: dict[str, Any]) -> None:
    delivery = client.post(f"/api/webhooks/{made['id']}/test").get_json()["id"]
    assert client.delete(f"/api/webhooks/{made['id']}").get_json() == {"success": True, "id": made["id"]}
    assert client.get(f"/api/webhooks/{made['id']}").status_code == 404
    assert client.get(f"/api/deliveries/{delivery}").status_code == 404


def test_it_sends_a_test(client: FlaskClient, made: dict[str, Any], deliver: Deliver, receiver: Sink) -> None:
    asked = client.post(f"/api/webhooks/{made['id']}/test")
    assert (asked.status_code, asked.get_json()["state"]) == (202, "pending")
    deliver()
    told = client.get(asked.headers["Location"]).get_json()
    assert (told["state"], told["event"], told["last_code"]) == ("delivered", "webhook.test", 204)
    (tried,) = told["attempts"]
    assert (tried["code"], tried["asked_by"]) == (204, "local operator")
    assert receiver.received[0].body.decode() == told["body"]


def test_it_sends_again_the_same_bytes_under_the_same_id(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.script = [answer(200), answer(500)]
    (delivery_id,) = owe(make_endpoint())
    deliver()
    again = client.post(f"/api/deliveries/{delivery_id}/redeliver")
    assert (again.status_code, again.get_json()["state"], again.get_json()["tries"]) == (202, "pending", 0)
    deliver()
    told = client.get(f"/api/deliveries/{delivery_id}").get_json()
    assert (told["state"], [each["code"] for each in told["attempts"]]) == ("pending", [500, 200])
    assert [each["asked_by"] for each in told["attempts"]] == ["local operator", ""]
    first, second = receiver.received
    assert (first.body, first.message_id) == (second.body, second.message_id)


def test_who_asks_twice_has_it_sent_once(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver
) -> None:
    (delivery_id,) = owe(make_endpoint())
    for _ in range(2):
        assert client.post(f"/api/deliveries/{delivery_id}/redeliver").status_code == 202
    deliver()
    assert [each["code"] for each in client.get(f"/api/deliveries/{delivery_id}").get_json()["attempts"]] == [204]


def test_it_does_not_send_again_what_is_being_sent(client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe) -> None:
    (delivery_id,) = owe(make_endpoint(), lease_until=4e9, lease_owner="somebody")
    answered = client.post(f"/api/deliveries/{delivery_id}/redeliver")
    assert (answered.status_code, answered.get_json()["error"]) == (409, "delivery_under_way")


def test_it_lists_deliveries_page_by_page(client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe) -> None:
    endpoint = make_endpoint()
    path, ids = f"/api/webhooks/{endpoint.id}/deliveries", owe(endpoint, 5)
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{path}?limit=2&cursor={cursor}").get_json()
        seen += [line["id"] for line in page["deliveries"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]
    assert client.get(f"{path}?state=delivered").get_json()["deliveries"] == []
    assert client.get(f"{path}?cursor=nonsense").status_code == 422
    assert deliveries.of_job("nobody") == []
