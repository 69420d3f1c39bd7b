"""A file of an upload that is there and cannot be opened is told of, and holds up no other."""

import pytest
from structlog.testing import CapturingLogger

from extensions import transaction
from models import Upload, User
from services import resumable, upload_pruning
from tests.uploads.conftest import Tus


@pytest.fixture
def unopenable(owner: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an upload that is as large as it should be, and a folder."""
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    folder = resumable.path_of("folder")
    folder.mkdir()
    upload_id = resumable.begin(owner.id, file_name="a.mp4", size_bytes=folder.stat().st_size, details={}).id
    resumable.path_of(upload_id).unlink()
    folder.rename(resumable.path_of(upload_id))
    return upload_id


def test_the_janitor_goes_on_with_the_next(owner: User, unopenable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = CapturingLogger()
    monkeypatch.setattr(upload_pruning, "log", log)
    older = resumable.begin(owner.id, file_name="b.mp4", size_bytes=1, details={}).id
    resumable.path_of(older).write_bytes(b"b")
    with transaction() as session:
        session.get_one(Upload, older).updated_at -= 100.0  # the newest comes first
    upload_pruning.prune()
    (told,) = log.calls
    assert (told.method_name, told.kwargs["upload_id"], told.kwargs["code"]) == (
        "warning",
        unopenable,
        "upload_unopenable",
    )
    assert resumable.get_upload(older).made_id == "b"


def test_whoever_sends_a_piece_is_told(tus: Tus, unopenable: str) -> None:
    answer = tus.send(f"/api/uploads/{unopenable}", 0, b"abc")
    assert (answer.status_code, answer.json["error"]) == (503, "upload_unopenable")
