"""A resolver that says what a test wants, and a look at connections."""

import pytest

from tests.webhooks.names import Connections, Names


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def connections(names: Names, monkeypatch: pytest.MonkeyPatch) -> Connections:
    return Connections(monkeypatch)
