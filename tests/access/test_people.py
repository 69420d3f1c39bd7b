"""People are made once, by names that nobody can mistake, and the first has the library that was there."""

import pytest
from flask import Flask

from errors import Conflict, InvalidInput, NotFound
from extensions import db
from models import User
from services.access import people
from services.access.names import login_of
from services.library import users
from tests.access.conftest import PASSWORD, last_entry
from tests.conftest import MakeSong


def test_it_gives_the_first_person_the_library_that_was_there(make_song: MakeSong) -> None:
    owner_id = make_song().owner_id
    ada = people.create("Ada", "admin", password=PASSWORD, actor="test")
    assert (ada.id, ada.name) == (owner_id, "Ada")
    assert users.default_owner().id == owner_id


def test_it_gives_the_second_a_library_of_their_own(ada: User, bob: User) -> None:
    assert bob.id != ada.id


def test_it_gives_a_person_the_library_that_has_their_name(ada: User) -> None:
    owner = users.owner_named("Grace")
    assert people.create("Grace", "viewer", password=None, actor="test").id == owner.id


def test_it_does_not_lose_the_first_library_to_a_clash_of_names(app: Flask) -> None:
    users.default_owner()
    users.owner_named("Ada")
    with pytest.raises(Conflict):
        people.create("Ada", "admin", password=None, actor="test")


@pytest.mark.parametrize("same", ["Ada", "ADA", " ada ", "Ａｄａ", "A\u200bda"])
def test_it_refuses_a_name_that_looks_like_another(ada: User, same: str) -> None:
    with pytest.raises(Conflict) as refusal:
        people.create(same, "viewer", password=None, actor="test")
    assert refusal.value.code == "name_taken"


@pytest.mark.parametrize(
    "name", ["", " \t", "\u200b", "n" * 121, "Local Operator", "key from API_KEYS", "a\x00b", "ﷺ" * 10]
)
def test_it_refuses_a_name_that_nobody_can_have(app: Flask, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        people.create(name, "viewer", password=None, actor="test")
    assert "name" in (refusal.value.details or {})


def test_it_refuses_a_role_that_there_is_not(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="viewer, operator or admin"):
        people.create("Ada", "owner", password=None, actor="test")


def test_it_refuses_a_poor_password_and_makes_nobody(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        people.create("Ada", "admin", password="short", actor="test")
    assert not people.all_people()


def test_it_writes_down_who_made_whom(ada: User) -> None:
    bob = people.create("Bob", "operator", password=None, actor="Ada")
    entry = last_entry()
    assert (entry.actor, entry.action, entry.target_type, entry.target_id) == (
        "Ada",
        "person_create",
        "person",
        str(bob.id),
    )
    assert entry.details == {"title": "Bob", "role": "operator"}


def test_it_lists_people_by_name_and_no_mere_libraries(ada: User, bob: User) -> None:
    users.owner_named("A library")
    assert [person.name for person in people.all_people()] == ["Ada", "Bob"]


def test_it_changes_a_role_and_writes_it_down(ada: User, bob: User) -> None:
    assert people.set_role(bob.id, "operator", actor="Ada").role == "operator"
    assert (last_entry().action, last_entry().details["role"]) == ("person_role", "operator")


def test_it_does_not_take_a_library_for_a_person(ada: User) -> None:
    owner = users.owner_named("A library")
    for deed in (people.get, lambda user_id: people.set_role(user_id, "admin", actor="Ada")):
        with pytest.raises(NotFound):
            deed(owner.id)
    db.session.refresh(owner)
    assert owner.role == "viewer"


def test_it_finds_people_whatever_their_name_is_spelled_like(ada: User) -> None:
    assert people.named(" aDA").id == ada.id
    with pytest.raises(NotFound):
        people.named("Grace")


def test_it_folds_a_folded_name_to_itself() -> None:
    for name in ("Ａｄａ", "STRASSE ß", "İstanbul", "a \u2028 b"):
        assert login_of(login_of(name)) == login_of(name)


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_makes_nobody_the_first_who_could_let_no_others_in(app: Flask, role: str) -> None:
    with pytest.raises(Conflict, match="must be an admin"):
        people.create("Eve", role, password=PASSWORD, actor="test")
    assert not people.anybody()
