"""One-time links: whoever has one chooses a password, once, and is signed in."""

import pytest
from flask import Flask

from models import User
from services.access import links, people
from tests.pages.browser import PASSWORD, Browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def test_it_makes_the_first_admin_and_closes_backbeat(app: Flask, browser: Browser) -> None:
    browser.open("/admin/people")
    welcome = browser.send("/admin/people/first").location
    page = browser.open(welcome)
    assert page.all("input", name="name", autocomplete="username")
    assert page.all("input", name="password", autocomplete="new-password")
    assert browser.send(welcome, name="Ada", password=PASSWORD).location == "/"
    assert "Welcome, Ada. You are signed in." in browser.open("/").text
    assert [(user.name, user.role) for user in people.all_people()] == [("Ada", "admin")]
    Browser(app).open("/", 303)


def test_it_gives_the_form_back_with_what_is_wrong(browser: Browser) -> None:
    welcome = f"/welcome/{links.first_person_link()}"
    browser.open(welcome)
    page = browser.refused(welcome, 422, name="Ada", password="short")
    assert page.all("input", name="name", value="Ada")
    assert page.all("input", name="password", aria_invalid="true")
    assert "This password has 5 characters" in page.text
    browser.send(welcome, name="Ada", password=PASSWORD)


def test_it_lets_an_invited_person_in_under_their_name(browser: Browser, ada: User) -> None:
    linus = people.create("Linus", "viewer", password=None, actor="Ada")
    welcome = f"/welcome/{links.password_link(linus.id, actor='Ada')}"
    page = browser.open(welcome)
    assert "Welcome, Linus." in page.text
    assert not page.all("input", name="name")
    browser.send(welcome, password=PASSWORD, name="Somebody else")
    assert browser.open("/account").all("h1", title="Linus")


def test_it_works_once(app: Flask, browser: Browser, bob: User) -> None:
    welcome = f"/welcome/{links.password_link(bob.id, actor='Ada')}"
    browser.open(welcome)
    browser.send(welcome, password="another good password")
    late = Browser(app)
    assert "This link is over" in late.open(welcome, 404).text
    late.open("/sign-in")
    assert "This link is over" in late.refused(welcome, 404, password="yet another password").text


def test_looking_at_it_uses_nothing_up(browser: Browser, bob: User) -> None:
    """Programs of mail and chat open links to show what is behind them."""
    welcome = f"/welcome/{links.password_link(bob.id, actor='Ada')}"
    for _ in range(3):
        browser.open(welcome)
    browser.send(welcome, password="another good password")


def test_it_tells_what_to_do_at_an_unknown_link(browser: Browser, ada: User) -> None:
    page = browser.open("/welcome/nothing-like-it", 404)
    assert "flask users link NAME" in page.text
    assert page.all("a", href="/sign-in")
