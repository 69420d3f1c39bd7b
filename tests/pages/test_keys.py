"""Everybody's keys in the console."""

import pytest
from flask import Flask

from models import User
from services.access import keys, overview
from services.library import users
from tests.pages.browser import Browser
from tests.pages.markup import Markup


def test_it_lists_everybodys_keys(adas: Browser, ada: User, bob: User) -> None:
    keys.create(bob.id, "nightly import", "viewer", actor="Ada")
    text = adas.open("/admin/keys").text
    assert "In use 1 Revoked 0" in text
    assert "nightly import" in text
    assert "Bob Viewer Made" in text
    assert "by Ada" in text


def test_it_makes_a_key_for_oneself(app: Flask, adas: Browser, ada: User) -> None:
    page = Markup(adas.send("/admin/keys", 201, name="ci", role="admin", owner="").text)
    text = next(word for word in page.text.split() if word.startswith("bb_"))
    identity = keys.identity_of(text)
    assert identity
    assert (identity.user_id, identity.role) == (ada.id, "admin")
    assert text not in adas.open("/admin/keys").text


def test_it_makes_a_key_for_somebody_else(adas: Browser, bob: User) -> None:
    adas.send("/admin/keys", 201, name="ci", role="viewer", owner="bob")
    assert [(key.name, key.created_by) for key in keys.of_user(bob.id)] == [("ci", "Ada")]


@pytest.mark.parametrize(("owner", "role", "field"), [("Nobody", "viewer", "owner"), ("Bob", "admin", "role")])
def test_it_refuses_what_cannot_be(adas: Browser, bob: User, owner: str, role: str, field: str) -> None:
    page = adas.refused("/admin/keys", 422, name="ci", role=role, owner=owner)
    assert [tag for _, tag in page.tags if tag.get("id") == field and tag.get("aria-invalid")]
    assert page.all("input", id="owner", value=owner)


def test_it_revokes_a_key_and_keeps_it_in_sight(adas: Browser, bob: User) -> None:
    key, text = keys.create(bob.id, "ci", "viewer", actor="Bob")
    adas.send(f"/admin/keys/{key.id}/revoke")
    assert keys.identity_of(text) is None
    assert "No keys yet" in adas.open("/admin/keys").text
    revoked = adas.open("/admin/keys?revoked=")
    assert "by Ada" in revoked.text
    assert not revoked.all("form", action=f"/admin/keys/{key.id}/revoke")


def test_it_turns_pages(adas: Browser, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "PER_PAGE", 2)
    for number in range(3):
        keys.create(ada.id, f"key {number}", "viewer", actor="Ada")
    first = adas.open("/admin/keys")
    (following,) = first.all("a", rel="next")
    assert "key 2" in first.text
    assert "key 0" not in first.text
    assert "key 0" in adas.open(following["href"]).text


def test_it_is_for_admins(bobs: Browser) -> None:
    bobs.open("/admin/keys", 403)


def test_while_open_it_makes_none_since_that_would_lock_everybody_out(app: Flask) -> None:
    browser = Browser(app)
    assert "No key is needed" in browser.open("/admin/keys").text
    browser.send("/admin/keys", 409, name="ci", role="viewer")
    assert keys.of_user(users.default_owner().id) == []
