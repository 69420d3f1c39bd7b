"""A web server of the tests' own, and settings that let it be asked."""

from collections.abc import Iterator

import pytest

from config import Settings
from tests.servers.pages import PageServer
from tests.webhooks.names import Names


@pytest.fixture
def site() -> Iterator[PageServer]:
    with PageServer() as server:
        yield server


@pytest.fixture
def settings() -> Settings:
    return Settings(webhook_allow_private=True)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)
