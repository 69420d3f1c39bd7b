"""A person's own keys: shown once, never above their role, and theirs alone to revoke."""

import pytest
from flask import Flask

from models import User
from services.access import keys
from tests.pages.browser import Browser
from tests.pages.markup import Markup


def _secret(page: Markup) -> str:
    return next(word for word in page.text.split() if word.startswith("bb_"))


def test_it_shows_a_new_key_once_with_an_example(app: Flask, bobs: Browser) -> None:
    answer = bobs.send("/account/keys", 201, name="ci", role="viewer")
    assert answer.headers["Cache-Control"] == "no-store"
    page = Markup(answer.text)
    text = _secret(page)
    assert f'curl -H "x-api-key: {text}" http://localhost/api/jobs/mine' in page.text
    assert app.test_client().get("/api/jobs/mine", headers={"x-api-key": text}).status_code == 200
    later = bobs.open("/account")
    assert text not in later.text
    assert f"{text[:9]}…" in later.text


def test_it_offers_no_role_above_ones_own(bobs: Browser) -> None:
    assert [option["value"] for option in bobs.open("/account").all("option")] == ["viewer"]


@pytest.mark.parametrize(
    ("name", "role", "field"), [("ci", "operator", "role"), ("ci", "emperor", "role"), ("", "viewer", "key-name")]
)
def test_it_refuses_what_cannot_be(bobs: Browser, bob: User, name: str, role: str, field: str) -> None:
    page = bobs.refused("/account/keys", 422, name=name, role=role)
    assert [tag for _, tag in page.tags if tag.get("id") == field and tag.get("aria-invalid")]
    assert keys.of_user(bob.id) == []


def test_it_revokes_a_key(app: Flask, bobs: Browser, bob: User) -> None:
    key, text = keys.create(bob.id, "ci", "viewer", actor="Bob")
    assert "never used" in bobs.open("/account").text
    bobs.send(f"/account/keys/{key.id}/revoke")
    assert app.test_client().get("/api/jobs/mine", headers={"x-api-key": text}).status_code == 401
    assert "Revoked 1" in bobs.open("/account").text


def test_it_revokes_nobody_elses(bobs: Browser, ada: User) -> None:
    key, text = keys.create(ada.id, "hers", "viewer", actor="Ada")
    bobs.send(f"/account/keys/{key.id}/revoke", 404)
    assert keys.identity_of(text)


def test_it_says_who_made_a_key_for_somebody(bobs: Browser, bob: User) -> None:
    keys.create(bob.id, "ci", "viewer", actor="Ada")
    assert "by Ada" in bobs.open("/account").text
