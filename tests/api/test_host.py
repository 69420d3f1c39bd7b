"""Which names this machine answers to."""

import pytest

from tests.api.client import CheckedClient


@pytest.mark.parametrize("host", ["localhost", "LocalHost:5001", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535"])
def test_it_answers_to_local_names(client: CheckedClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5001",
        "localhost.evil.example",
        "evil.example#localhost",
        "user@localhost",
        "localhost@evil.example",
        "localhost:80:80",
        "localhost:",
        "localhost/x",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104 - refused, not bound to
        "[::]",
        "::1",
        "10.0.0.1",
        " ",
        "",
        "é",
    ],
)
def test_it_refuses_every_other(client: CheckedClient, host: str) -> None:
    for path in ("/api/songs", "/healthz", "/nothing", "/static/css/docs.css"):
        assert client.get(path, headers={"Host": host}).status_code == 400
