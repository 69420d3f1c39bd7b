"""A person's account: their password, and where they are signed in."""

import pytest
from flask import Flask

from models import User
from services.access import keys, sign_ins
from tests.pages.browser import PASSWORD, Browser

NEW_PASSWORD = "a staple on a horse"


@pytest.fixture
def elsewhere(app: Flask, ada: User) -> Browser:
    """Another browser in which Ada is signed in."""
    browser = Browser(app, "Mozilla/5.0 (iPhone) Version/19.0 Safari/604.1")
    browser.sign_in("Ada")
    return browser


def test_it_changes_the_password_and_signs_out_everywhere_else(app: Flask, adas: Browser, elsewhere: Browser) -> None:
    adas.send("/account/password", old_password=PASSWORD, new_password=NEW_PASSWORD)
    assert "The password is changed" in adas.open("/account").text
    elsewhere.open("/account", 303)
    Browser(app).sign_in("Ada", NEW_PASSWORD)


def test_it_asks_for_the_old_password(adas: Browser, elsewhere: Browser) -> None:
    page = adas.refused("/account/password", 422, old_password="a guess at it", new_password=NEW_PASSWORD)
    assert page.all("input", name="old_password", aria_invalid="true")
    assert not page.all("input", name="new_password", value=NEW_PASSWORD)
    elsewhere.open("/account")


def test_it_slows_down_who_guesses_the_old_password(adas: Browser) -> None:
    for _ in range(5):
        adas.send("/account/password", 422, old_password="a guess at it", new_password=NEW_PASSWORD)
    answer = adas.send("/account/password", 429, old_password=PASSWORD, new_password=NEW_PASSWORD)
    assert int(answer.headers["Retry-After"]) > 0


def test_it_shows_where_one_is_signed_in(adas: Browser, elsewhere: Browser) -> None:
    page = adas.open("/account")
    assert "Where you are signed in 2" in page.text
    assert "Safari on an iPhone" in page.text
    assert "Firefox on Linux" in page.text


def test_it_ends_one_of_them(adas: Browser, elsewhere: Browser, ada: User) -> None:
    page = adas.open("/account")
    (end,) = [form["action"] for form in page.all("form") if form["action"].endswith("/end")]
    adas.send(end)
    elsewhere.open("/account", 303)
    adas.open("/account")


def test_it_ends_nobody_elses(bobs: Browser, adas: Browser, ada: User) -> None:
    (hers,) = sign_ins.of_user(ada.id)
    bobs.send(f"/account/sign-ins/{hers.digest}/end", 404)
    adas.open("/account")


def test_it_ends_all_others(adas: Browser, elsewhere: Browser) -> None:
    adas.send("/account/sign-ins/end-others")
    elsewhere.open("/account", 303)
    assert "Where you are signed in 1" in adas.open("/account").text


def test_it_is_nothing_for_programs(app: Flask, ada: User) -> None:
    _, text = keys.create(ada.id, "ci", "admin", actor="Ada")
    for method, address in (("GET", "/account"), ("POST", "/account/keys"), ("POST", "/account/password")):
        answer = app.test_client().open(address, method=method, headers={"x-api-key": text})
        assert answer.status_code == 403


def test_every_change_needs_the_token(adas: Browser, ada: User) -> None:
    (here,) = sign_ins.of_user(ada.id)
    for address in ("password", "keys", "keys/1/revoke", "sign-ins/end-others", f"sign-ins/{here.digest}/end"):
        adas.send(f"/account/{address}", 403, csrf_token="")
