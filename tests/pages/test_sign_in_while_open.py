"""While nobody has been let in, nobody needs to sign in."""

from typing import Any

import pytest
from flask import Flask

from services.access import keys
from services.library import users
from tests.pages.browser import Browser


def test_it_says_that_nobody_needs_to(app: Flask) -> None:
    page = Browser(app).open("/sign-in")
    assert "Nobody needs to sign in" in page.text
    assert not page.all("input", name="password")


def test_it_shows_no_way_in_or_out(app: Flask) -> None:
    page = Browser(app).open("/")
    assert not page.all("a", href="/sign-in")
    assert not page.all("form", action="/sign-out")
    assert page.all("a", href="/admin/queues")


def test_it_tells_in_the_console_how_to_close_it(app: Flask) -> None:
    page = Browser(app).open("/admin/queues")
    assert "Open to everybody on this machine." in page.text
    assert page.all("a", href="/admin/people")


def test_it_has_no_account(app: Flask) -> None:
    Browser(app).open("/account", 403)


def test_it_says_how_to_begin_where_only_programs_may_come_in(app: Flask) -> None:
    keys.create(users.default_owner().id, "ci", "viewer", actor="test")
    assert "flask users create NAME" in Browser(app).open("/sign-in").text


class TestOnANetwork:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"host": "backbeat.test", "allowed_hosts": ("localhost",)}

    def test_it_is_closed(self, app: Flask) -> None:
        assert Browser(app).client.get("/").location == "/sign-in"
