"""A list of 50,000 songs is read through an index, whatever the page, and never sorted."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, text

from extensions import db
from models import Song, User
from services.library import queries, song_list
from services.library.cursors import Cursor
from services.library.users import DEFAULT_OWNER_NAME

pytestmark = pytest.mark.backend("sqlite")  # whose plans these are, and whose file is copied
COUNT = 50_000
SAMPLE_VALUES: dict[type, str | int | float] = {str: "title 0300", int: 30, float: 2.5}


@pytest.fixture(scope="module")
def database_template(database_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the songs in it: to copy it takes a fraction of the time that writing it takes."""
    file = tmp_path_factory.mktemp("big") / "big.db"
    shutil.copy(database_template, file)
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        owner = connection.execute(insert(User).values(name=DEFAULT_OWNER_NAME, created_at=0.0)).inserted_primary_key
        assert owner is not None
        connection.execute(insert(Song), [_row(owner.id, n) for n in range(COUNT)])
    engine.dispose()
    return file


def _row(owner_id: int, n: int) -> dict[str, Any]:
    return {
        "owner_id": owner_id,
        "title": f"Title {n}",
        "artist": f"Artist {n % 900}",
        "fingerprint": f"{n:064}",
        "title_key": f"title {n:05}",
        "artist_key": f"artist {n % 900:04}",
        "search_text": f"title {n} artist {n % 900}",
        "rating": ("teen", "explicit", None)[n % 3],
        "score": (None, n % 101)[n % 2],
        "created_at": float(n),
        "updated_at": float(n),
    }


def _plan(owner: User, sort: str, index: int, start: Cursor | None) -> list[str]:
    statement = song_list.statement([Song.owner_id == owner.id], sort, index, start, 51)
    sql = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    return [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]


def test_it_reads_every_page_of_every_order_from_an_index(owner: User) -> None:
    for sort, segments in song_list.SORTS.items():
        for index, segment in enumerate(segments):
            key = tuple(SAMPLE_VALUES[key_type] for key_type in song_list.key_types(segment))
            for start in (None, Cursor(sort, index, key), Cursor(sort, index, key, backwards=True)):
                (step,) = _plan(owner, sort, index, start)
                assert step.startswith("SEARCH song USING INDEX ix_song_owner_"), (sort, start)


def test_it_goes_on_deep_inside_the_list(owner: User) -> None:
    page = queries.list_songs(owner.id, sort="newest", limit=100)
    for _ in range(20):
        page = queries.list_songs(owner.id, sort="newest", cursor=page.next_cursor, limit=100)
    assert page.items[0].title == f"Title {COUNT - 1 - 2000}"


def test_it_counts_ratings_in_one_statement_over_an_index_alone(owner: User) -> None:
    assert sum(queries.rating_counts(owner.id).values()) == COUNT
    counted = text("EXPLAIN QUERY PLAN SELECT rating, count(*) FROM song WHERE owner_id = 1 GROUP BY rating")
    (step,) = [row.detail for row in db.session.execute(counted)]
    assert "COVERING INDEX ix_song_owner_rating" in step
