"""The sign-in form: who is let in, what is said to who is not, and where it leads."""

from typing import Any

import pytest
from flask import Flask

from models import User
from tests.pages.browser import PASSWORD, Browser

pytestmark = pytest.mark.usefixtures("ada")


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def test_it_asks_for_a_sign_in_and_goes_on_to_the_page(browser: Browser) -> None:
    asked = browser.client.get("/import?from=there")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=%2Fimport%3Ffrom%3Dthere")
    page = browser.open(asked.location)
    assert page.all("input", name="next", value="/import?from=there")
    answer = browser.send("/sign-in", name="ada", password=PASSWORD, next="/import?from=there")
    assert answer.location == "/import?from=there"
    browser.open(answer.location)


@pytest.mark.parametrize(("name", "password"), [("Ada", "not the password"), ("Nobody", PASSWORD), ("", "")])
def test_it_says_the_same_whatever_is_wrong(browser: Browser, name: str, password: str) -> None:
    browser.open("/sign-in")
    page = browser.refused("/sign-in", 401, name=name, password=password, next="/import")
    assert "That name and password do not belong together" in page.text
    assert page.all("input", name="name", value=name)
    assert page.all("input", name="next", value="/import")
    assert not [tag for tag in page.all("input") if password and tag.get("value") == password]


def test_it_says_when_to_try_again_after_too_many_tries(browser: Browser) -> None:
    browser.open("/sign-in")
    for _ in range(5):
        browser.send("/sign-in", 401, name="Ada", password="not the password")
    answer = browser.send("/sign-in", 429, name="Ada", password=PASSWORD)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert f"try again in {answer.headers['Retry-After']} seconds" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.test/",
        "//elsewhere.test",
        "/\\elsewhere.test",
        "/\t/elsewhere.test",
        "javascript:alert(1)",
        "x",
        "",
    ],
)
def test_it_leads_to_no_other_site(browser: Browser, address: str) -> None:
    browser.open("/sign-in")
    assert browser.send("/sign-in", name="Ada", password=PASSWORD, next=address).location == "/"


def test_it_begins_a_new_session(browser: Browser) -> None:
    """So that whoever put a cookie into this browser before knows nothing of the sign-in."""
    browser.open("/sign-in")
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    token = browser.token
    browser.sign_in("Ada")
    with browser.client.session_transaction() as session:
        assert "planted" not in session
    assert browser.token
    assert browser.token != token


def test_it_ends_the_sign_in_that_the_browser_had(browser: Browser, bob: User) -> None:
    browser.sign_in("Ada")
    old = browser.client.get_cookie("backbeat")
    assert old
    browser.open("/account")
    browser.send("/sign-in", name="Bob", password=PASSWORD)
    browser.client.set_cookie("backbeat", old.value)
    browser.open("/", 303)


def test_it_refuses_a_form_that_is_not_of_this_browser(browser: Browser) -> None:
    browser.open("/sign-in")
    browser.token = "0" * 64
    browser.send("/sign-in", 403, name="Ada", password=PASSWORD)


def test_it_sends_on_who_is_signed_in_already(browser: Browser) -> None:
    browser.sign_in("Ada")
    assert browser.client.get("/sign-in?next=/import").location == "/import"


def test_it_is_kept_by_no_cache(browser: Browser) -> None:
    assert browser.client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_it_lets_password_managers_help(browser: Browser) -> None:
    page = browser.open("/sign-in")
    assert page.all("input", name="name", autocomplete="username")
    assert page.all("input", name="password", type="password", autocomplete="current-password")


class TestOnANetwork:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"host": "backbeat.test", "allowed_hosts": ("localhost",)}

    def test_it_warns_where_the_connection_is_not_encrypted(self, browser: Browser) -> None:
        assert "This connection is not encrypted" in browser.open("/sign-in").text

    def test_it_does_not_warn_where_it_is(self, browser: Browser) -> None:
        answer = browser.client.get("/sign-in", base_url="https://localhost")
        assert "not encrypted" not in answer.text
