"""Keys of `API_KEYS` act for the first owner, as an operator."""

import hmac
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from services.access import keys
from services.access.identity import Identity
from services.library import users

FIRST, SECOND = "first-key-of-the-settings", "second-key-of-the-settings"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"api_keys": (FIRST, SECOND)}


@pytest.mark.parametrize("text", [FIRST, SECOND])
def test_it_is_an_operator_with_the_first_library(app: Flask, text: str) -> None:
    owner_id = users.default_owner().id
    assert keys.identity_of(text) == Identity("key", owner_id, "key from API_KEYS", "operator", None)


@pytest.mark.parametrize("text", [FIRST[:-1], FIRST + "x", f"{FIRST},{SECOND}", "", "é" * 25])
def test_it_is_nothing_but_the_whole_key(app: Flask, text: str) -> None:
    assert keys.identity_of(text) is None


@pytest.mark.parametrize("text", [FIRST, SECOND, "neither of them, by far"])
def test_it_is_compared_with_every_one_in_constant_time(app: Flask, text: str) -> None:
    with patch.object(hmac, "compare_digest", wraps=hmac.compare_digest) as compare:
        keys.identity_of(text)
    assert compare.call_count == 2
