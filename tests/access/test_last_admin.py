"""There is always somebody left who can manage people."""

from collections.abc import Callable

import pytest

from errors import Conflict
from models import User
from services.access import people
from tests.access.conftest import PASSWORD

DEEDS: list[Callable[[int], User]] = [
    lambda user_id: people.disable(user_id, actor="test"),
    lambda user_id: people.set_role(user_id, "operator", actor="test"),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_it_keeps_the_only_admin(ada: User, bob: User, deed: Callable[[int], User]) -> None:
    with pytest.raises(Conflict) as refusal:
        deed(ada.id)
    assert refusal.value.code == "last_admin"
    kept = people.get(ada.id)
    assert (kept.role, kept.disabled_at) == ("admin", None)


@pytest.mark.parametrize("deed", DEEDS)
def test_it_lets_go_of_one_of_two(ada: User, deed: Callable[[int], User]) -> None:
    people.create("Grace", "admin", password=PASSWORD, actor="test")
    deed(ada.id)


@pytest.mark.parametrize("deed", DEEDS)
def test_it_does_not_count_an_admin_who_has_no_password_yet(ada: User, deed: Callable[[int], User]) -> None:
    people.create("Grace", "admin", password=None, actor="test")
    with pytest.raises(Conflict):
        deed(ada.id)


@pytest.mark.parametrize("deed", DEEDS)
def test_it_does_not_count_an_admin_who_is_disabled(ada: User, deed: Callable[[int], User]) -> None:
    grace = people.create("Grace", "admin", password=PASSWORD, actor="test")
    people.disable(grace.id, actor="test")
    with pytest.raises(Conflict):
        deed(ada.id)


def test_it_lets_an_admin_stay_one(ada: User) -> None:
    assert people.set_role(ada.id, "admin", actor="test").role == "admin"
