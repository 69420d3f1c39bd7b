from collections.abc import Iterator

import pytest

from tests.servers.openai import OpenAiServer


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with OpenAiServer() as server:
        yield server
