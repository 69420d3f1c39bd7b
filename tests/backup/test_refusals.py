"""A backup that is not whole, or would be mixed with something else, is refused before anything is changed."""

import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from clients.storage import Storage
from config import Settings, prepare_data_dir, read_settings
from extensions import current_settings, db
from services.backup import archive
from services.backup.errors import BackupError
from services.backup.making import make
from services.backup.restoring import restore
from tests.conftest import MakeSong

pytestmark = pytest.mark.backend("sqlite", "folder")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """The settings of another Backbeat, with nothing in it yet."""
    settings = read_settings({}, data_dir=tmp_path / "elsewhere")
    prepare_data_dir(settings)
    return settings


@pytest.fixture
def backup(app: Flask, tmp_path: Path, make_song: MakeSong) -> Path:
    make_song("A song")
    db.session.execute(db.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
    db.session.execute(db.text("DELETE FROM alembic_version"))
    db.session.execute(db.text("INSERT INTO alembic_version VALUES ('0001')"))
    db.session.commit()
    Storage.of(current_settings()).put("a/film.bin", Path(__file__))
    make(current_settings(), tmp_path / "backup.tar", with_media=True)
    return tmp_path / "backup.tar"


def is_untouched(settings: Settings) -> bool:
    return {path.name for path in settings.data_dir.rglob("*")} == {"uploads"}


def test_a_whole_one_is_restored(backup: Path, elsewhere: Settings) -> None:
    manifest = restore(elsewhere, backup)
    assert (manifest.database, manifest.revision, manifest.has_media) == ("sqlite", "0001", True)
    assert (elsewhere.data_dir / "backbeat.db").stat().st_size > 0
    assert Storage.of(elsewhere).list() == ["a/film.bin"]


def test_only_its_owner_can_read_it(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])


def cut_between_files(backup: Path) -> None:
    with tarfile.open(backup) as tar:
        last = tar.getmember(archive.END).offset
    backup.write_bytes(backup.read_bytes()[:last])


def of_something_else(backup: Path) -> None:
    with tarfile.open(backup, "w") as tar:
        tar.addfile(tarfile.TarInfo("readme"), BytesIO(b""))


def no_archive(backup: Path) -> None:
    backup.write_text("a backup?")


def of_a_later_release(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes().replace(b'"revision": "0001"', b'"revision": "9999"'))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "cannot be read as a backup|is not whole"),
        (cut_between_files, "its end is missing"),
        (of_something_else, "does not begin with a manifest"),
        (no_archive, "cannot be read as a backup"),
        (of_a_later_release, "newer than this"),
        (Path.unlink, "There is no file"),
    ],
)
def test_what_is_no_whole_backup_of_ours_does_not_become_a_database(
    backup: Path, elsewhere: Settings, damage: Callable[[Path], None], said: str
) -> None:
    damage(backup)
    with pytest.raises(BackupError, match=said):
        restore(elsewhere, backup)
    assert not (elsewhere.data_dir / "backbeat.db").exists()


@pytest.mark.parametrize("name", ["../out", "media/../../out", "/etc/passwd", "media", "uploads/..", "else/x"])
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, elsewhere: Settings, name: str) -> None:
    with tarfile.open(backup) as tar:
        first = tar.extractfile(archive.MANIFEST)
        assert first
        manifest = first.read()
    with tarfile.open(backup, "w") as tar:
        for each, content in ((archive.MANIFEST, manifest), (name, b"x")):
            member = tarfile.TarInfo(each)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    with pytest.raises(BackupError, match="does not put into backups"):
        restore(elsewhere, backup)
    assert is_untouched(elsewhere)


def test_it_is_not_mixed_with_another_library(backup: Path, elsewhere: Settings) -> None:
    restore(elsewhere, backup)
    before = (elsewhere.data_dir / "backbeat.db").read_bytes()
    with pytest.raises(BackupError, match="not empty"):
        restore(elsewhere, backup)
    assert (elsewhere.data_dir / "backbeat.db").read_bytes() == before


def test_it_is_not_mixed_with_other_files(backup: Path, elsewhere: Settings) -> None:
    Storage.of(elsewhere).put("mine.bin", Path(__file__))
    with pytest.raises(BackupError, match="has files already"):
        restore(elsewhere, backup)
    assert Storage.of(elsewhere).list() == ["mine.bin"]


def test_a_backup_of_sqlite_is_not_put_into_postgresql(backup: Path, tmp_path: Path) -> None:
    settings = read_settings({}, data_dir=tmp_path / "other", database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(BackupError, match="set it to one of sqlite"):
        restore(settings, backup)


def test_there_is_no_backup_of_what_is_not_there(elsewhere: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There is no database"):
        make(elsewhere, tmp_path / "nothing.tar", with_media=True)
    assert not (tmp_path / "nothing.tar").exists()
