"""What was left alone for days is forgotten, but for what somebody goes on with at that moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import clock
from extensions import current_settings, db, transaction
from models import Upload, User
from services import resumable, upload_files, upload_pruning
from services.resumable import KEPT_SECONDS
from tests.uploads.conftest import Tus


@pytest.fixture
def old(owner: User) -> str:
    """The id of an upload to which nothing has come for days."""
    upload_id = resumable.begin(owner.id, file_name="a.mp4", size_bytes=10, details={}).id
    with transaction() as session:
        session.get_one(Upload, upload_id).updated_at -= KEPT_SECONDS + 1
    return upload_id


def test_it_leaves_alone_what_somebody_writes_to(old: str) -> None:
    with upload_files.locked(resumable.path_of(old)):
        assert upload_pruning.prune() == 0
    assert _is_there(old)


def test_it_leaves_alone_what_somebody_went_on_with_meanwhile(
    old: str, tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def locked_late(path: Path, patience_seconds: float) -> Iterator[int]:
        assert tus.send(f"/api/uploads/{old}", 0, b"abc").status_code == 204
        with upload_files.locked(path, patience_seconds) as file:
            yield file

    monkeypatch.setattr(upload_pruning, "locked", locked_late)
    assert upload_pruning.prune() == 0
    assert (_is_there(old), resumable.path_of(old).read_bytes()) == (True, b"abc")


def test_it_forgets_what_has_no_file_any_more(old: str) -> None:
    resumable.path_of(old).unlink()
    assert upload_pruning.prune() == 1
    assert not _is_there(old)


def test_a_piece_that_waited_for_its_turn_meanwhile_is_refused(
    old: str, tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has opened the file before that was removed."""

    @contextmanager
    def locked_late(path: Path) -> Iterator[int]:
        with upload_files.locked(path) as file:
            assert resumable.forget(old)
            yield file

    monkeypatch.setattr(resumable, "locked", locked_late)
    answer = tus.send(f"/api/uploads/{old}", 0, b"abc")
    assert (answer.status_code, answer.json["error"]) == (404, "no_such_upload")
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_it_is_not_forgotten_again(old: str) -> None:
    assert resumable.forget(old, Upload.updated_at < clock.now())
    assert not resumable.forget(old)


def _is_there(upload_id: str) -> bool:
    db.session.rollback()
    return db.session.get(Upload, upload_id, populate_existing=True) is not None
