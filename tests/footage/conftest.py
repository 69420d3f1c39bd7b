"""Footage on its way in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extensions import db
from models import Footage, User
from services.footage import catalogue
from tests.footage.contexts import footage
from tests.media.makers import recording


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few seconds that can be used; not to be changed."""
    return recording(tmp_path_factory.mktemp("clip") / "Boats on a river.mp4")


MakeFootage = Callable[..., Footage]


@pytest.fixture
def make_footage(owner: User, tmp_path: Path) -> MakeFootage:
    """A record of a file of this machine, at that status, with those columns; the file is made up if none is given."""
    owner_id, made = owner.id, iter(range(1, 10_000))

    def make(path: Path | None = None, **columns: Any) -> Footage:
        if path is None:
            path = tmp_path / f"{next(made)}.mp4"
            path.write_bytes(b"no video")
        footage_id = catalogue.add_path(owner_id, str(path), anywhere=True)
        for name, value in columns.items():
            setattr(footage(footage_id), name, value)
            db.session.commit()
        return footage(footage_id)

    return make
