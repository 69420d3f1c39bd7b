"""An upload's row says that a piece of it is coming, however long that piece takes."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

import clock
from extensions import db, transaction
from models import Upload, User
from services import resumable, upload_news
from services.upload_news import Telling

LONG_SECONDS = 1000.0


class Watched:
    """A piece of three bytes that come one by one, with how long ago the row had its last news at each."""

    def __init__(self, upload_id: str) -> None:
        self._upload_id = upload_id
        self._chunks = [b"a", b"b", b"c"]
        self.silent_seconds: list[float] = []

    def read(self, _size: int, /) -> bytes:
        at = db.session.scalars(select(Upload.updated_at).where(Upload.id == self._upload_id)).one()
        db.session.rollback()
        self.silent_seconds.append(clock.now() - at)
        let_time_pass(self._upload_id)
        return self._chunks.pop(0) if self._chunks else b""


@pytest.fixture
def watched(owner: User) -> tuple[str, Watched]:
    upload_id = resumable.begin(owner.id, file_name="a.mp4", size_bytes=10, details={}).id
    let_time_pass(upload_id)
    return upload_id, Watched(upload_id)


def let_time_pass(upload_id: str) -> None:
    with transaction() as session:
        session.execute(update(Upload).where(Upload.id == upload_id).values(updated_at=clock.now() - LONG_SECONDS))


def test_it_says_so_before_the_first_byte(watched: tuple[str, Watched]) -> None:
    upload_id, source = watched
    resumable.append(upload_id, 0, source)
    before_the_first, *later = source.silent_seconds
    assert before_the_first < LONG_SECONDS / 2
    assert min(later) >= LONG_SECONDS / 2  # as no half minute has passed


def test_it_says_so_while_bytes_come(watched: tuple[str, Watched], monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id, source = watched
    monkeypatch.setattr(upload_news, "NEWS_SECONDS", 0.0)
    resumable.append(upload_id, 0, source)
    assert max(source.silent_seconds) < LONG_SECONDS / 2


def test_a_database_that_is_away_for_a_moment_breaks_no_piece_off(
    watched: tuple[str, Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("UPDATE", {}, OSError("away"))

    monkeypatch.setattr(upload_news, "NEWS_SECONDS", 0.0)
    assert Telling(watched[1], away).read(10) == b"a"
