"""Whatever is typed at the way in is as quick to refuse as anything else, and whoever acts may have a long name."""

import pytest

from models import User
from services.access import keys, passwords, sign_ins
from services.access.names import login_of
from services.access.sign_ins import WrongCredentials
from tests.access.conftest import ADDRESS, PASSWORD

MARKS = "a" + ("\u0300" * 80_000 + "\u0327" * 80_000) * 5


def test_it_looks_at_no_more_of_a_name_than_a_name_can_be(ada: User) -> None:
    assert len(login_of("x" * 1_000_000)) < 1000
    with pytest.raises(WrongCredentials):
        sign_ins.sign_in(MARKS, PASSWORD, address=ADDRESS, agent="")


def test_it_looks_at_no_more_of_a_password_than_a_password_can_be(ada: User) -> None:
    with pytest.raises(WrongCredentials):
        sign_ins.sign_in("Ada", MARKS, address=ADDRESS, agent="")
    longest = "y" * passwords.MAX_CHARS
    assert passwords.matches(passwords.hash_password(longest), longest)
    assert not passwords.matches(passwords.hash_password(longest), longest + "y")


def test_it_keeps_as_much_of_an_actors_name_as_there_is_room_for(ada: User) -> None:
    key, _ = keys.create(ada.id, "nightly", "viewer", actor="a" * 246)
    assert key.created_by == "a" * 120
    assert keys.revoke(key.id, actor="b" * 246).revoked_by == "b" * 120
