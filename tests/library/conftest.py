"""A library in a fresh SQLite file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import extensions
import models
from extensions import db
from services.library import users


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'library.db'}"
    db.init_app(app)
    with app.app_context():
        extensions.prepare_engine(db.engine)
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def owner(app: Flask) -> models.User:
    return users.default_owner()
