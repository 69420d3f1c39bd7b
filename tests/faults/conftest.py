"""What the tests of faults share."""

from collections.abc import Iterator

import pytest
from flask import Flask

from extensions import db
from tests.faults import effects


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """The app, whose effects are forgotten with it: the next test may stand on the same PostgreSQL."""
    yield app
    db.session.remove()
    effects.forget(db.engine)
