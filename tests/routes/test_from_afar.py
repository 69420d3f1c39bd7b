"""An open Backbeat answers this machine only, whatever name a request bears and whoever passes it on."""

import pytest
from flask.testing import FlaskClient


def test_it_answers_this_machine(client: FlaskClient) -> None:
    assert client.get("/api/songs").status_code == 200
    assert client.get("/api/songs", environ_overrides={"REMOTE_ADDR": "::ffff:127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("address", ["192.168.1.7", "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1"])
def test_it_refuses_other_machines(client: FlaskClient, address: str) -> None:
    answer = client.get("/api/songs", environ_overrides={"REMOTE_ADDR": address})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "not_from_here")


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_it_refuses_what_a_proxy_on_this_machine_passes_on(client: FlaskClient, name: str) -> None:
    assert client.get("/api/songs", headers={name: "203.0.113.9"}).status_code == 403
