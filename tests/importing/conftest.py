"""A batch to fill, and audio in every format."""

from pathlib import Path

import pytest

from models import User
from tests.importing.makers import CODECS, Batch, make_audio


@pytest.fixture
def batch(tmp_path: Path, owner: User) -> Batch:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return Batch(folder, owner)


@pytest.fixture(scope="session")
def audio(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One second of sound without tags, by suffix."""
    folder = tmp_path_factory.mktemp("audio")
    plain = ("-map_metadata", "-1", "-fflags", "+bitexact")
    return {suffix: make_audio(folder / f"tone{suffix}", *plain).read_bytes() for suffix in CODECS}
