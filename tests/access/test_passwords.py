"""A password is long, is kept as argon2id, and takes as long to refuse where there is none."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher

from errors import InvalidInput
from services.access import passwords
from tests.access.conftest import PASSWORD


@pytest.fixture(autouse=True)
def _quick_hashing() -> None:
    """Here the real one is tested."""
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def verified() -> Iterator[list[str]]:
    """The hashes that were worked through."""
    seen: list[str] = []
    really = PasswordHasher.verify

    def spy(self: PasswordHasher, given: str, password: bytes) -> bool:
        seen.append(given)
        return really(self, given, password)

    with patch.object(PasswordHasher, "verify", spy):
        yield seen


def test_it_tells_right_from_wrong() -> None:
    kept = passwords.hash_password(PASSWORD)
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + " ")


def test_it_keeps_argon2id_and_never_the_password() -> None:
    kept = passwords.hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in kept
    assert kept != passwords.hash_password(PASSWORD)


def test_it_works_as_hard_where_there_is_none(verified: list[str]) -> None:
    kept = passwords.hash_password(PASSWORD)
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches(kept, "something else")
    nobodys, somebodys = verified
    assert nobodys.rsplit("$", 2)[0] == somebodys.rsplit("$", 2)[0]


def test_it_never_matches_the_stand_in_for_none() -> None:
    assert not passwords.matches(None, "the password of nobody")


def test_it_takes_what_another_keyboard_sends_for_the_same() -> None:
    assert passwords.matches(passwords.hash_password("caf\u00e9 in the morning"), "cafe\u0301 in the morning")


@pytest.mark.parametrize("odd", ["nul \x00 inside it", "half a pair \ud800 …", "🔑" * 12])
def test_it_takes_any_character(odd: str) -> None:
    passwords.check_password(odd)
    assert passwords.matches(passwords.hash_password(odd), odd)


def test_it_refuses_what_is_no_hash() -> None:
    assert not passwords.matches("plain text", "plain text")


def test_it_notices_a_hash_of_other_parameters() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    assert passwords.is_outdated(older)
    assert not passwords.is_outdated(passwords.hash_password(PASSWORD))


@pytest.mark.parametrize("poor", ["", " " * 20, "elevenchars", "x" * 257, " Ada Lovelace  "])
def test_it_refuses_a_poor_one_and_names_the_field(poor: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        passwords.check_password(poor, "new", name="ada lovelace")
    assert set(refusal.value.details or {}) == {"new"}


@pytest.mark.parametrize("good", ["twelve chars", "x" * 256])
def test_it_asks_for_length_and_for_no_classes_of_characters(good: str) -> None:
    passwords.check_password(good)
