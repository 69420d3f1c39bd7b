"""A new password needs the old one, and signs out whoever came in with that."""

import pytest

from errors import InvalidInput, TooManyRequests
from models import User
from services.access import links, people, sign_ins
from tests.access.conftest import NEW_PASSWORD, PASSWORD, last_entry, sign_in


def test_it_replaces_the_old_one(ada: User) -> None:
    people.change_password(ada.id, PASSWORD, NEW_PASSWORD)
    with pytest.raises(sign_ins.WrongCredentials):
        sign_in("Ada")
    assert sign_in("Ada", NEW_PASSWORD)


def test_it_ends_every_sign_in_but_the_one_that_is_named(ada: User) -> None:
    here, elsewhere = sign_in("Ada"), sign_in("Ada")
    people.change_password(ada.id, PASSWORD, NEW_PASSWORD, but=here)
    assert sign_ins.identity_of(here)
    assert sign_ins.identity_of(elsewhere) is None


def test_it_ends_links_that_were_made_before(ada: User) -> None:
    link = links.password_link(ada.id, actor="Ada")
    people.change_password(ada.id, PASSWORD, NEW_PASSWORD)
    assert links.find(link) is None


def test_it_leaves_others_signed_in(ada: User, bob: User) -> None:
    token = sign_in("Bob")
    people.change_password(ada.id, PASSWORD, NEW_PASSWORD)
    assert sign_ins.identity_of(token)


@pytest.mark.parametrize(
    ("old", "new", "field"), [("wrong", NEW_PASSWORD, "old_password"), (PASSWORD, "short", "new_password")]
)
def test_it_names_what_is_wrong_and_changes_nothing(ada: User, old: str, new: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        people.change_password(ada.id, old, new)
    assert set(refusal.value.details or {}) == {field}
    assert sign_in("Ada")


def test_it_does_not_let_the_old_one_be_guessed(ada: User) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput):
            people.change_password(ada.id, "a guess of mine", NEW_PASSWORD)
    with pytest.raises(TooManyRequests):
        people.change_password(ada.id, PASSWORD, NEW_PASSWORD)


def test_it_writes_it_down_without_the_password(ada: User) -> None:
    people.change_password(ada.id, PASSWORD, NEW_PASSWORD)
    assert (last_entry().actor, last_entry().action, last_entry().details) == (
        "Ada",
        "password_change",
        {"title": "Ada"},
    )
