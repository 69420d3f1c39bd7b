"""What is sealed can be read with the same `SECRET_KEY` only."""

import pytest
from flask import Flask

from app import create_app
from errors import Unavailable
from services import vault

OTHER = "quite another key than before"


def test_it_gives_back_what_was_sealed_and_shows_nothing_of_it(app: Flask) -> None:
    sealed = vault.seal("whsec_ä")
    assert vault.unseal(sealed) == "whsec_ä"
    assert b"whsec_" not in sealed


def test_it_says_that_the_key_has_changed(app: Flask) -> None:
    sealed = vault.seal("whsec_abc")
    settings = app.extensions["backbeat_settings"]
    other = create_app(**(settings.model_dump() | {"secret_key": OTHER}))
    with other.app_context(), pytest.raises(Unavailable, match="SECRET_KEY has changed"):
        vault.unseal(sealed)
