"""An upload whose import ends while the database is copied is in the backup, as its job is."""

import tarfile
from pathlib import Path

import pytest
from flask import Flask

from extensions import current_settings, db
from services.backup.making import make
from services.backup.sqlite import SqliteFile

pytestmark = pytest.mark.backend("sqlite", "folder")


@pytest.fixture
def upload(app: Flask) -> Path:
    db.session.execute(db.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
    db.session.execute(db.text("INSERT INTO alembic_version VALUES ('0001')"))
    db.session.commit()
    path = current_settings().uploads_dir / "1" / "film.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a film")
    return path


@pytest.fixture
def ends_meanwhile(upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = SqliteFile.dump

    def and_the_import_ends(database: SqliteFile, target: Path) -> None:
        dump(database, target)
        upload.unlink()

    monkeypatch.setattr(SqliteFile, "dump", and_the_import_ends)


@pytest.mark.usefixtures("ends_meanwhile")
def test_it_holds_what_was_there_when_it_began(tmp_path: Path) -> None:
    made = make(current_settings(), tmp_path / "backup.tar", with_media=False)
    with tarfile.open(tmp_path / "backup.tar") as tar:
        kept = tar.extractfile("uploads/1/film.mp4")
        assert kept is not None
        assert kept.read() == b"a film"
    assert made.gone == 0


@pytest.mark.usefixtures("upload")
def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    before = set(current_settings().data_dir.iterdir())
    make(current_settings(), tmp_path / "backup.tar", with_media=False)
    assert set(current_settings().data_dir.iterdir()) - {tmp_path / "backup.tar"} == before
