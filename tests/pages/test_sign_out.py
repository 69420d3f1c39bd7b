"""Signing out ends the sign-in for good, in this browser and for whoever has its cookie."""

import pytest
from flask import Flask

from tests.pages.browser import Browser


def test_it_signs_out(adas: Browser) -> None:
    cookie = adas.client.get_cookie("backbeat")
    assert cookie
    assert adas.send("/sign-out").location == "/sign-in"
    assert "You have signed out." in adas.open("/sign-in").text
    adas.client.set_cookie("backbeat", cookie.value)
    adas.open("/", 303)


def test_it_does_so_by_no_link(adas: Browser) -> None:
    adas.open("/sign-out", 405)
    adas.open("/")


def test_no_other_page_can_do_so(adas: Browser) -> None:
    adas.send("/sign-out", 403, csrf_token="")
    adas.open("/")


@pytest.mark.usefixtures("ada")
def test_it_does_no_harm_to_who_is_not_signed_in(app: Flask) -> None:
    browser = Browser(app)
    browser.open("/sign-in")
    browser.send("/sign-out")
