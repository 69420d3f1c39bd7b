"""Whatever is sent to whatever address, the answer is one that the OpenAPI document tells of, and never a 5xx."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.conformance import try_app


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # which refuses more than SQLite
def test_it_keeps_to_its_document(
    app: Flask, make_song: Callable[..., Any], make_playlist: Callable[..., Any], analyze: Callable[..., str]
) -> None:
    make_playlist(songs=[make_song("In a list")])
    analyze()
    found = try_app(app, phases=("examples", "coverage"))
    assert found.breaches == []
    assert found.requests > 1000
