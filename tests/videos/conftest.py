"""Videos on their way in."""

from pathlib import Path

import pytest
from flask import Flask

from tests.api.client import CheckedClient
from tests.media.makers import recording


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    return CheckedClient(app, app.response_class)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few seconds that can be used; not to be changed."""
    return recording(tmp_path_factory.mktemp("clip") / "harbour.mp4", seconds=3)
