"""`flask library import` takes files and folders, prints what became of them, and exits by it."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from extensions import db
from models import Song, User
from tests.importing.makers import titles


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    (folder / ".git").mkdir(parents=True)
    (folder / "Old").mkdir()
    (folder / ".git" / "x.txt").write_text("hidden")
    (folder / "Old" / "Trad. - Song.txt").write_text("la la")
    (folder / "mix.m3u").write_text("Old/Trad. - Song.txt\n")
    (folder / "bad.mp3").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def _import(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["library", "import", *map(str, arguments)])


def test_it_imports_a_folder_and_prints_counts_and_refusals(app: Flask, music: Path) -> None:
    result = _import(app, music)
    assert result.exit_code == 0
    assert "1 added" in result.output
    assert "1 playlists" in result.output
    assert "Refused: “bad.mp3” is not an MP3: it holds a PNG image." in result.output
    assert titles() == ["Song"]


def test_it_imports_single_files(app: Flask, music: Path) -> None:
    result = _import(app, music / "Old" / "Trad. - Song.txt", music / "mix.m3u")
    assert result.exit_code == 0
    assert titles() == ["Song"]


def test_it_imports_for_a_named_owner(app: Flask, music: Path) -> None:
    _import(app, music, "--owner", "Ada")
    owner = db.session.scalars(select(User).join(Song, Song.owner_id == User.id)).one()
    assert owner.name == "Ada"


def test_it_exits_with_1_when_everything_is_refused(app: Flask, music: Path) -> None:
    assert _import(app, music / "bad.mp3").exit_code == 1


def test_it_exits_with_1_when_there_is_nothing(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = _import(app, tmp_path / "empty")
    assert result.exit_code == 1
    assert "nothing to import" in result.output


def test_it_says_so_when_there_is_no_such_path(app: Flask, tmp_path: Path) -> None:
    result = _import(app, tmp_path / "none")
    assert result.exit_code == 2
    assert "does not exist" in result.output
