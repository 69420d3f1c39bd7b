"""A log that a database has left behind would be played into the restored one."""

from pathlib import Path

import pytest

from config import Settings, prepare_data_dir, read_settings
from services.backup.databases import database_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = read_settings({}, data_dir=tmp_path)
    prepare_data_dir(settings)
    return settings


def test_it_is_empty_with_nothing_there(settings: Settings) -> None:
    assert database_of(settings).is_empty()


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_it_is_not_empty_with_what_is_left_of_a_database(settings: Settings, ending: str) -> None:
    (settings.data_dir / f"backbeat.db{ending}").touch()
    assert not database_of(settings).is_empty()
