"""People in the console: inviting them, their roles, and shutting them out."""

import pytest
from flask import Flask

from models import User
from services.access import keys, overview, people
from tests.conftest import MakeSong
from tests.pages.browser import PASSWORD, Browser
from tests.pages.markup import Markup


def test_it_lists_people_with_what_is_theirs(adas: Browser, ada: User, bob: User, make_song: MakeSong) -> None:
    make_song()  # of the first owner, whose place Ada took
    keys.create(ada.id, "ci", "viewer", actor="Ada")
    people.create("Linus", "viewer", password=None, actor="Ada")
    people.disable(bob.id, actor="Ada")
    text = adas.open("/admin/people").text
    assert "3 people" in text
    assert "Ada you Admin" in text
    assert "1 song 1 key" in text
    assert "Bob Disabled Viewer" in text
    assert "Linus Invited Viewer never signed in 0 songs 0 keys" in text


def test_it_invites_somebody_by_a_link_that_is_shown_once(app: Flask, adas: Browser) -> None:
    answer = adas.send("/admin/people", 201, name="Linus", role="operator")
    assert answer.headers["Cache-Control"] == "no-store"
    link = next(word for word in Markup(answer.text).text.split() if "/welcome/" in word)
    guest = Browser(app)
    guest.open(link)
    guest.send(link, password=PASSWORD)
    assert "Operator" in guest.open("/account").text
    assert "/welcome/" not in adas.open("/admin/people").text


@pytest.mark.parametrize(
    ("name", "role", "field"), [("BOB", "viewer", "name"), ("", "viewer", "name"), ("x", "king", "role")]
)
def test_it_refuses_who_cannot_be(adas: Browser, bob: User, name: str, role: str, field: str) -> None:
    adas.open("/admin/people")
    answer = adas.client.post("/admin/people", data={"csrf_token": adas.token, "name": name, "role": role})
    assert answer.status_code in {409, 422}
    page = Markup(answer.text)
    assert page.all("input", id="name", value=name)
    assert [tag for _, tag in page.tags if tag.get("id") == field and tag.get("aria-invalid")]
    assert len(people.all_people()) == 2


def test_it_changes_a_role(adas: Browser, bob: User) -> None:
    assert adas.send(f"/admin/people/{bob.id}/role", role="operator").location == "/admin/people"
    assert people.get(bob.id).role == "operator"


def test_it_shuts_somebody_out_and_lets_them_in_again(adas: Browser, bobs: Browser, bob: User) -> None:
    adas.send(f"/admin/people/{bob.id}/disable")
    bobs.open("/", 303)
    adas.send(f"/admin/people/{bob.id}/enable")
    bobs.sign_in("Bob")


def test_it_makes_a_new_link_which_ends_the_old_password_when_used(app: Flask, adas: Browser, bob: User) -> None:
    answer = adas.send(f"/admin/people/{bob.id}/link", 201)
    link = next(word for word in Markup(answer.text).text.split() if "/welcome/" in word)
    browser = Browser(app)
    browser.sign_in("Bob")
    browser.open(link)
    browser.send(link, password="another good password")
    other = Browser(app)
    other.open("/sign-in")
    other.send("/sign-in", 401, name="Bob", password=PASSWORD)


@pytest.mark.parametrize(("deed", "fields"), [("disable", {}), ("role", {"role": "viewer"})])
def test_it_keeps_the_last_admin(adas: Browser, ada: User, deed: str, fields: dict[str, str]) -> None:
    adas.send(f"/admin/people/{ada.id}/{deed}", 303, **fields)
    assert "Ada is the only admin who can sign in" in adas.open("/admin/people").text


def test_it_makes_no_link_for_who_is_disabled(adas: Browser, bob: User) -> None:
    people.disable(bob.id, actor="Ada")
    assert "Bob is disabled" in adas.refused(f"/admin/people/{bob.id}/link", 409).text


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_is_for_admins(adas: Browser, bobs: Browser, bob: User, role: str) -> None:
    people.set_role(bob.id, role, actor="Ada")
    bobs.open("/admin/people", 403)
    bobs.send(f"/admin/people/{bob.id}/role", 403, role="admin")
    assert people.get(bob.id).role == role


def test_it_answers_404_for_who_is_nobody(adas: Browser) -> None:
    for deed in ("role", "disable", "enable", "link"):
        adas.send(f"/admin/people/999/{deed}", 404, role="viewer")


def test_it_turns_pages_and_searches(adas: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "PER_PAGE", 2)
    for name in ("Bea", "Cy", "100%"):
        people.create(name, "viewer", password=None, actor="Ada")
    first = adas.open("/admin/people")
    (following,) = first.all("a", rel="next")
    assert ("Ada" in first.text, "Cy" in first.text) == (True, False)
    assert "Cy" in adas.open(following["href"]).text
    found = adas.open("/admin/people?q=BE").text
    assert "1 person matches “BE”" in found
    assert "1 person matches “%”" in adas.open("/admin/people?q=%25").text
    assert "Nobody by that name" in adas.open("/admin/people?q=zz").text


def test_while_open_it_offers_to_make_the_first_admin_and_nothing_else(app: Flask) -> None:
    browser = Browser(app)
    page = browser.open("/admin/people")
    assert page.all("form", action="/admin/people/first")
    assert not page.all("input", name="name")
    assert "Make the first admin first" in browser.refused("/admin/people", 409, name="Linus", role="viewer").text
    assert people.all_people() == []
