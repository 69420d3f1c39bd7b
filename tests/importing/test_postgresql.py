"""The import and the lists work on PostgreSQL as they do on SQLite, also when two imports meet."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from extensions import db
from models import Playlist, Song, User
from services.importing.folders import import_paths
from services.library import queries, users
from services.library.song_list import SORTS

ROWS = 300


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mix.csv"
    path.write_text("title;artist;album\n" + "".join(f"Title {n};Ärtist {n % 9};x{n}\n" for n in range(ROWS)))
    return path


def test_it_makes_each_song_once_when_imports_meet(app: Flask, owner: User, table: Path) -> None:
    owner_id = owner.id
    db.session.rollback()

    def take_in(_: int) -> int:
        with app.app_context():
            return import_paths(owner_id, [table]).added

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take_in, range(4))) == ROWS
    assert db.session.scalar(select(func.count(Song.id))) == ROWS
    assert db.session.scalar(select(func.count(Playlist.id))) == 1


@pytest.mark.parametrize("sort", list(SORTS))
def test_it_pages_through_the_list_there_and_back(app: Flask, owner: User, table: Path, sort: str) -> None:
    owner_id = owner.id
    import_paths(owner_id, [table])
    pages = [queries.list_songs(owner_id, sort=sort, limit=100)]
    while pages[-1].next_cursor:
        pages.append(queries.list_songs(owner_id, sort=sort, limit=100, cursor=pages[-1].next_cursor))
    assert len({song.id for page in pages for song in page.items}) == ROWS
    back = queries.list_songs(owner_id, sort=sort, limit=100, cursor=pages[-1].previous_cursor)
    assert back.items == pages[-2].items


def test_it_makes_one_default_owner_when_many_ask_at_once(app: Flask) -> None:
    def ask(_: int) -> int:
        with app.app_context():
            return users.default_owner().id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
