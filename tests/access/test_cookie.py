"""The cookie is hard to steal and to plant, and the address of who asks is that of the browser, not of a proxy."""

import pytest
from flask import Flask, request, session

BROWSER, PROXY, FORGED = "198.51.100.9", "127.0.0.1", "203.0.113.5"


def _cookie(app: Flask) -> str:
    with app.test_request_context():
        session["sign_in"] = "a token"
        response = app.response_class()
        app.session_interface.save_session(app, session, response)
        return response.headers["Set-Cookie"]


def test_it_is_for_this_site_and_no_script(app: Flask) -> None:
    cookie = _cookie(app)
    assert cookie.startswith("backbeat=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("settings_overrides", [{"public_url": "https://backbeat.example.org"}])
def test_it_is_bound_to_tls_and_to_this_very_host_where_there_is_tls(app: Flask) -> None:
    cookie = _cookie(app)
    parts = set(cookie.split("; "))
    assert cookie.startswith("__Host-backbeat=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def _address(app: Flask, forwarded_for: str) -> str | None:
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": forwarded_for}, environ_base={"REMOTE_ADDR": PROXY})
    return seen[0]


def test_it_believes_no_proxy_that_it_was_not_told_of(app: Flask) -> None:
    assert _address(app, BROWSER) == PROXY


@pytest.mark.parametrize("settings_overrides", [{"trusted_proxies": 1}])
def test_it_believes_what_its_own_proxy_added_and_not_what_the_browser_said(app: Flask) -> None:
    assert _address(app, f"{FORGED}, {BROWSER}") == BROWSER


@pytest.mark.parametrize("settings_overrides", [{"trusted_proxies": 2}])
def test_it_believes_as_many_proxies_as_there_are(app: Flask) -> None:
    assert _address(app, f"{FORGED}, {BROWSER}, 10.0.0.1") == BROWSER


@pytest.mark.parametrize("settings_overrides", [{"trusted_proxies": 1}])
def test_it_takes_no_host_from_a_forwarded_header(app: Flask) -> None:
    seen: list[str] = []
    app.before_request(lambda: seen.append(request.host))
    app.test_client().get("/healthz", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-For": BROWSER})
    assert seen == ["localhost"]
