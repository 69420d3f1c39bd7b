"""A title that no database keeps is refused before the first byte, and one that is there already holds up no other."""

import pytest

from extensions import transaction
from models import Upload, User
from services import resumable, upload_pruning
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh
from tests.uploads.conftest import Tus


def test_it_refuses_a_title_with_a_nul_at_once(tus: Tus) -> None:
    answer = tus.create(10, filename="a.mp4", title="On\0rivers")
    assert (answer.status_code, list(answer.json["details"])) == (422, ["title"])


def test_it_finishes_the_others_where_one_cannot_be(
    owner: User, video: bytes, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_id = owner.id
    good = _whole(owner_id, "good.mp4", video)
    bad = _whole(owner_id, "bad.mp4", video)
    with transaction() as session:
        session.get_one(Upload, bad).details = {"title": "On\0rivers"}
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    upload_pruning.prune()
    run_jobs()
    assert (fresh("good").arrival, resumable.get_upload(bad).made_id) == ("ready", None)
    assert resumable.get_upload(good).made_id == "good"


def test_it_finishes_the_newest_first(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    owner_id = owner.id
    older, newer = _whole(owner_id, "older.mp4", b"x"), _whole(owner_id, "newer.mp4", b"x")
    with transaction() as session:
        session.get_one(Upload, older).updated_at -= 10
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    monkeypatch.setattr(upload_pruning, "BATCH", 1)
    upload_pruning.prune()
    assert (resumable.get_upload(newer).made_id, resumable.get_upload(older).made_id) == ("newer", None)


def _whole(owner_id: int, file_name: str, data: bytes) -> str:
    upload_id = resumable.begin(owner_id, file_name=file_name, size_bytes=len(data), details={}).id
    resumable.path_of(upload_id).write_bytes(data)
    return upload_id
