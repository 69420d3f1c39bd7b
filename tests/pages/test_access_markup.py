"""The promises that every page keeps, kept by those that only who is signed in sees."""

import pytest
from flask import Flask

from models import User
from services.access import keys, links, people
from tests.pages.browser import PASSWORD, Browser
from tests.pages.test_markup import (
    XSS,
    Pages,
    test_it_can_be_used_without_a_mouse_or_eyes,
    test_it_changes_things_by_post_only,
    test_it_escapes_what_people_wrote,
    test_it_is_well_formed,
    test_it_keeps_to_the_content_security_policy,
    test_it_names_only_files_and_icons_that_there_are,
)

__all__ = [
    "test_it_can_be_used_without_a_mouse_or_eyes",
    "test_it_changes_things_by_post_only",
    "test_it_escapes_what_people_wrote",
    "test_it_is_well_formed",
    "test_it_keeps_to_the_content_security_policy",
    "test_it_names_only_files_and_icons_that_there_are",
]

ADDRESSES = ("/account", "/admin/people", "/admin/keys", "/admin/keys?revoked=", "/admin/audit", "/import")


@pytest.fixture
def owner(app: Flask) -> User:
    """An admin whose name is markup."""
    return people.create(XSS, "admin", password=PASSWORD, actor="test")


@pytest.fixture
def pages(app: Flask, owner: User) -> Pages:
    """Each page's markup, of people and keys whose names are markup."""
    keys.create(owner.id, f"{XSS} in use", "viewer", actor=XSS)
    old, _ = keys.create(owner.id, f"{XSS} revoked", "viewer", actor=XSS)
    keys.revoke(old.id, actor=XSS)
    guest_id = people.create(f"{XSS} the guest", "viewer", password=None, actor=XSS).id
    invitation = f"/welcome/{links.password_link(guest_id, actor=XSS)}"
    browser = Browser(app)
    browser.sign_in(XSS)
    shown = {address: browser.client.get(address).text for address in ("/", *ADDRESSES, invitation)}
    shown["a new key"] = browser.send("/account/keys", 201, name=XSS, role="viewer").text
    shown["a refused key"] = browser.send("/account/keys", 422, name=XSS, role=XSS).text
    shown["a new link"] = browser.send(f"/admin/people/{guest_id}/link", 201).text
    browser.send("/sign-out")
    browser.open("/sign-in")
    shown["a refused sign-in"] = browser.send("/sign-in", 401, name=XSS, password=XSS).text
    return shown
