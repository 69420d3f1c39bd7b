"""A key is shown once, acts for its person with its own role, and can be revoked at once."""

import hashlib

import pytest
from flask import Flask

from errors import InvalidInput, NotFound
from extensions import db
from models import ApiKey, User
from services.access import keys, people
from services.access.identity import Identity
from services.library import users
from tests.access.conftest import Advance, last_entry


def test_it_acts_for_its_person_with_its_own_role(ada: User) -> None:
    key, text = keys.create(ada.id, "nightly", "operator", actor="Ada")
    assert keys.identity_of(text) == Identity("key", ada.id, "Ada, key nightly", "operator", key.id)


def test_it_keeps_only_the_digest_and_enough_to_tell_it_apart(ada: User) -> None:
    key, text = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    assert text.startswith("bb_")
    assert len(text) == 46
    assert key.digest == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(key.prefix)
    assert len(key.prefix) == 9


def test_it_is_another_each_time(ada: User) -> None:
    assert keys.create(ada.id, "a", "viewer", actor="Ada")[1] != keys.create(ada.id, "a", "viewer", actor="Ada")[1]


@pytest.mark.parametrize("text", ["", "bb_", "bb_" + "A" * 43, "\ud800", "é"])
def test_it_knows_nobody_by_a_made_up_key(ada: User, text: str) -> None:
    assert keys.identity_of(text) is None


def test_it_does_not_take_the_digest_for_the_key(ada: User) -> None:
    key, _ = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    assert keys.identity_of(key.digest) is None


def test_it_has_no_role_above_its_makers(ada: User) -> None:
    with pytest.raises(InvalidInput, match="your own role is viewer") as refusal:
        keys.create(ada.id, "nightly", "operator", actor="Bob", maker_role="viewer")
    assert set(refusal.value.details or {}) == {"role"}


def test_it_has_no_role_above_its_persons(ada: User, bob: User) -> None:
    with pytest.raises(InvalidInput, match="the role of Bob is viewer"):
        keys.create(bob.id, "nightly", "admin", actor="Ada", maker_role="admin")
    assert not keys.all_keys()


def test_it_may_less_when_its_person_may_less(ada: User) -> None:
    people.create("Grace", "admin", password="long enough to sign in", actor="Ada")
    _, text = keys.create(ada.id, "nightly", "admin", actor="Ada")
    assert keys.identity_of(text)
    people.set_role(ada.id, "viewer", actor="Grace")
    identity = keys.identity_of(text)
    assert identity is not None
    assert identity.role == "viewer"


def test_it_can_act_for_a_library_that_is_nobodys(app: Flask) -> None:
    _, text = keys.create(users.default_owner().id, "nightly", "operator", actor="command line")
    identity = keys.identity_of(text)
    assert identity is not None
    assert identity.role == "operator"


@pytest.mark.parametrize(
    ("name", "role"), [("", "viewer"), ("n" * 121, "viewer"), ("a\x00b", "viewer"), ("fine", "king")]
)
def test_it_refuses_a_name_or_role_that_cannot_be(ada: User, name: str, role: str) -> None:
    with pytest.raises(InvalidInput):
        keys.create(ada.id, name, role, actor="Ada")


def test_it_acts_for_nobody_who_is_not_there(ada: User) -> None:
    with pytest.raises(NotFound):
        keys.create(999, "nightly", "viewer", actor="Ada")


def test_it_holds_no_more_once_it_is_revoked(ada: User) -> None:
    key, text = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    assert keys.identity_of(text)
    assert keys.revoke(key.id, actor="Grace").revoked_by == "Grace"
    assert keys.identity_of(text) is None


def test_it_is_revoked_once(advance: Advance, ada: User) -> None:
    key, _ = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    revoked_at = keys.revoke(key.id, actor="Ada").revoked_at
    entry = last_entry()
    advance(60)
    assert keys.revoke(key.id, actor="Grace").revoked_at == revoked_at
    assert last_entry().id == entry.id


def test_it_is_revoked_by_its_person_or_not_found(ada: User, bob: User) -> None:
    key, text = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    for key_id, user_id in ((key.id, bob.id), (999, ada.id)):
        with pytest.raises(NotFound):
            keys.revoke(key_id, actor="Bob", user_id=user_id)
    assert keys.identity_of(text)
    keys.revoke(key.id, actor="Ada", user_id=ada.id)
    assert keys.identity_of(text) is None


def test_it_writes_down_its_making_and_its_end_but_not_the_key(ada: User) -> None:
    key, text = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    made = last_entry()
    assert (made.actor, made.action, made.target_type, made.target_id) == ("Ada", "key_create", "key", str(key.id))
    assert made.details == {"title": "nightly", "owner": "Ada", "role": "viewer", "prefix": text[:9]}
    keys.revoke(key.id, actor="Ada")
    assert last_entry().action == "key_revoke"


def test_it_notes_at_most_once_a_minute_that_it_is_used(advance: Advance, ada: User) -> None:
    key, text = keys.create(ada.id, "nightly", "viewer", actor="Ada")
    seen = []
    for seconds in (0, 30, 31):
        advance(seconds)
        keys.identity_of(text)
        db.session.rollback()
        seen.append(db.session.scalars(db.select(ApiKey.used_at).where(ApiKey.id == key.id)).one())
    assert seen == [1_800_000_000, 1_800_000_000, 1_800_000_061]


def test_it_is_listed_with_whom_it_acts_for(ada: User, bob: User) -> None:
    first, _ = keys.create(ada.id, "first", "viewer", actor="Ada")
    second, _ = keys.create(bob.id, "second", "viewer", actor="Ada")
    keys.revoke(first.id, actor="Ada")
    assert [(key.name, user.name) for key, user in keys.all_keys()] == [("second", "Bob"), ("first", "Ada")]
    assert [key.id for key in keys.of_user(bob.id)] == [second.id]
