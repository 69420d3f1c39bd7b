"""What is left in the storage of records that are gone is removed; nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from clients.storage import Storage, StorageAway
from extensions import transaction
from models import Footage
from services.footage import sweeping
from services.media import stored


@pytest.fixture
def kept_and_gone(make_footage: Callable[..., Footage], tmp_path: Path) -> tuple[str, str]:
    """Two records with files, of which the second has lost its row: whoever deleted it was killed."""
    kept, gone = make_footage().id, make_footage().id
    for footage_id in (kept, gone, "AF0003"):  # the last number is not given out yet
        for name in ("source.mp4", "frames/0001.jpg"):
            (tmp_path / "file").write_bytes(b"bytes")
            stored.storage().put(f"footage/{footage_id}/{name}", tmp_path / "file")
    with transaction() as session:
        session.execute(delete(Footage).where(Footage.id == gone))
    return kept, gone


def test_it_removes_the_files_of_records_that_are_gone(kept_and_gone: tuple[str, str]) -> None:
    assert sum(sweeping.sweep()) == 2
    left = {key.split("/")[1] for key in stored.storage().list("footage/")}
    assert left == {kept_and_gone[0], "AF0003"}
    assert len(stored.storage().list("footage/")) == 4
    assert sum(sweeping.sweep()) == 0


def test_it_goes_by_batches(kept_and_gone: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    assert list(sweeping.sweep()) == [0, 2]


def test_it_leaves_them_for_the_next_night_while_the_storage_is_away(
    kept_and_gone: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> list[str]:
        raise StorageAway("The storage does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "list", away)
        assert list(sweeping.sweep()) == []
    assert sum(sweeping.sweep()) == 2


def test_there_is_nothing_to_do_before_the_first_record(app: Flask) -> None:
    assert list(sweeping.sweep()) == []
