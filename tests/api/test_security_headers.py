"""What every answer tells browsers."""

import pytest

from tests.api.client import CheckedClient

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/healthz", "/api/songs", "/api/nothing", "/nothing", "/static/js/docs.js"]
)
def test_it_sends_them_with_every_answer(client: CheckedClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers.getlist("Content-Security-Policy") == [CSP]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_it_sends_them_with_a_refusal(client: CheckedClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).headers["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("path", ["/api/songs", "/api/nothing", "/admin/jobs"])
def test_it_lets_nobody_store_what_changes(client: CheckedClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"
