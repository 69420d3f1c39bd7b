"""A link makes the first person, or gives one a password: once, and not for long."""

import pytest
from flask import Flask

from errors import Conflict, InvalidInput, NotFound
from extensions import db
from models import OneTimeLink, User
from services.access import links, people, sign_ins
from services.access.tokens import digest
from services.library import users
from tests.access.conftest import NEW_PASSWORD, PASSWORD, Advance, last_entry, sign_in

HOUR = 3600


def _is_over(token: str, *, name: str | None = "Eve") -> bool:
    with pytest.raises(NotFound) as refusal:
        links.use(token, name=name, password=PASSWORD)
    return refusal.value.code == "link_over" and links.find(token) is None


def test_it_makes_the_first_person_an_admin_with_the_library_that_was_there(app: Flask) -> None:
    owner_id = users.default_owner().id
    ada = links.use(links.first_person_link(), name=" Ada ", password=PASSWORD)
    assert (ada.id, ada.name, ada.role) == (owner_id, "Ada", "admin")
    assert (last_entry().actor, last_entry().action) == ("Ada", "person_create")
    assert sign_in("Ada")


def test_it_gives_a_person_a_password_and_signs_others_out(bob: User) -> None:
    intruder = sign_in("Bob")
    token = links.password_link(bob.id, actor="Ada")
    assert (last_entry().actor, last_entry().action, last_entry().details) == ("Ada", "link_create", {"title": "Bob"})
    assert links.use(token, name=None, password=NEW_PASSWORD).id == bob.id
    assert (last_entry().actor, last_entry().action) == ("Bob", "password_change")
    assert sign_ins.identity_of(intruder) is None
    assert sign_in("Bob", NEW_PASSWORD)


def test_it_says_whom_it_is_for(advance: Advance, bob: User) -> None:
    invitation = links.find(links.password_link(bob.id, actor="Ada"))
    assert invitation == links.Invitation(bob, 1_800_000_000 + 72 * HOUR)


def test_it_says_that_it_is_for_the_first_person(advance: Advance, app: Flask) -> None:
    assert links.find(links.first_person_link()) == links.Invitation(None, 1_800_000_000 + 24 * HOUR)


def test_it_keeps_only_the_digest(app: Flask) -> None:
    token = links.first_person_link()
    assert db.session.scalars(db.select(OneTimeLink.digest)).all() == [digest(token)]


def test_it_works_once(bob: User) -> None:
    token = links.password_link(bob.id, actor="Ada")
    links.use(token, name=None, password=NEW_PASSWORD)
    assert _is_over(token)


@pytest.mark.parametrize("token", ["", "made up", "\ud800"])
def test_it_is_over_if_it_never_was(app: Flask, token: str) -> None:
    assert _is_over(token)


def test_it_is_over_after_a_day_for_the_first_person(advance: Advance, app: Flask) -> None:
    token = links.first_person_link()
    advance(24 * HOUR - 1)
    assert links.find(token)
    advance(2)
    assert _is_over(token)


def test_it_is_over_after_three_days_for_others(advance: Advance, bob: User) -> None:
    token = links.password_link(bob.id, actor="Ada")
    advance(72 * HOUR - 1)
    assert links.find(token)
    advance(2)
    assert _is_over(token)


def test_it_ends_earlier_ones_of_the_same_kind_only(ada: User, bob: User) -> None:
    first, adas = links.password_link(bob.id, actor="Ada"), links.password_link(ada.id, actor="Ada")
    second = links.password_link(bob.id, actor="Ada")
    assert _is_over(first)
    assert links.find(second)
    assert links.find(adas)


def test_the_first_person_may_use_any_of_theirs_and_then_all_are_over(app: Flask) -> None:
    first, second = links.first_person_link(), links.first_person_link()
    links.use(first, name="Ada", password=PASSWORD)
    assert _is_over(first)
    assert _is_over(second)


def test_it_makes_no_first_person_where_there_is_one(app: Flask) -> None:
    token = links.first_person_link()
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    assert _is_over(token)
    with pytest.raises(Conflict):
        links.first_person_link()


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), (None, PASSWORD), ("Ada", "short"), ("a name of Ada", "A name of ada")]
)
def test_it_can_be_used_again_after_a_mistake(app: Flask, name: str | None, password: str) -> None:
    token = links.first_person_link()
    with pytest.raises(InvalidInput):
        links.use(token, name=name, password=password)
    assert links.use(token, name="Ada", password=PASSWORD)


def test_it_can_be_used_again_after_a_clash_of_names(app: Flask) -> None:
    users.default_owner()
    users.owner_named("Ada")
    token = links.first_person_link()
    with pytest.raises(Conflict):
        links.use(token, name="Ada", password=PASSWORD)
    assert links.use(token, name="Grace", password=PASSWORD)


def test_it_is_for_nobody_who_is_not_there(ada: User) -> None:
    with pytest.raises(NotFound):
        links.password_link(999, actor="Ada")


def test_it_forgets_those_that_are_over(advance: Advance, ada: User, bob: User) -> None:
    links.password_link(ada.id, actor="Ada")
    advance(72 * HOUR + 1)
    links.use(links.password_link(ada.id, actor="Ada"), name=None, password=PASSWORD)
    held = links.password_link(bob.id, actor="Ada")
    links.prune()
    assert db.session.scalars(db.select(OneTimeLink.digest)).all() == [digest(held)]
