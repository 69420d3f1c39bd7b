"""Uploads in pieces whose purpose is footage; their bytes are kept until the pipeline has brought them in."""

import os
from pathlib import Path
from typing import Any

import pytest

from extensions import current_settings, transaction
from models import Footage, Upload
from services import resumable, upload_pruning
from services.footage import catalogue, states
from services.footage.work.file_info import file_info
from tests.footage.contexts import TestContext, apply, footage
from tests.uploads.conftest import Tus

ID = "AF0001"


@pytest.fixture
def sent(tus: Tus, video: bytes) -> str:
    """The id of an upload that is all here."""
    address = tus.begin(
        len(video), purpose="footage", title="Boats", keywords="boats, water", source_url="https://example.com/a"
    )
    answer = tus.send(address, 0, video)
    assert (answer.status_code, answer.headers["Backbeat-Footage-Id"]) == (204, ID)
    return address.rpartition("/")[2]


def test_it_becomes_footage(sent: str, video: bytes) -> None:
    row = footage(ID)
    assert (row.title, row.keywords, row.source_url) == ("Boats", ["boats", "water"], "https://example.com/a")
    assert (row.file_name, row.status, row.source) == ("a.mp4", states.PENDING_FILE_INFO, f"upload:{sent}")
    assert apply(ID, file_info(ID, TestContext())).size_bytes == len(video)


def test_it_tells_the_same_when_the_end_is_sent_again(tus: Tus, sent: str, video: bytes) -> None:
    answer = tus.send(f"/api/uploads/{sent}", len(video), b"")
    assert (answer.status_code, answer.headers["Backbeat-Footage-Id"]) == (204, ID)
    assert "Backbeat-Job-Id" not in answer.headers
    assert len(catalogue.page(None).rows) == 1


def test_it_cannot_be_given_up_any_more(tus: Tus, sent: str) -> None:
    answer = tus.client.delete(f"/api/uploads/{sent}", headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 409
    assert "footage 'AF0001'" in answer.json["message"]


@pytest.mark.parametrize(("field", "value"), [("source_url", "ftp://a"), ("title", "x" * 301), ("purpose", "song")])
def test_it_refuses_before_the_first_byte(tus: Tus, field: str, value: str) -> None:
    told: dict[str, Any] = {"filename": "a.mp4", "purpose": "footage"} | {field: value}
    answer = tus.create(10, **told)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


def test_it_is_finished_where_a_process_was_killed_after_the_last_piece(
    tus: Tus, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = tus.begin(len(video), purpose="footage").rpartition("/")[2]
    resumable.path_of(upload_id).write_bytes(video)
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    upload_pruning.prune()
    assert footage(ID).source == f"upload:{upload_id}"


def test_it_is_kept_while_the_record_still_needs_it(sent: str) -> None:
    _leave_alone(sent)
    upload_pruning.prune()
    assert resumable.path_of(sent).exists()


def test_it_is_forgotten_once_the_record_has_failed_for_days(sent: str) -> None:
    _leave_alone(sent)
    with transaction() as session:
        session.get_one(Footage, ID).status = states.FAILED
        session.get_one(Footage, ID).entered_at -= resumable.KEPT_SECONDS + 1
    upload_pruning.prune()
    assert not resumable.path_of(sent).exists()


def test_bytes_that_came_with_one_request_are_kept_as_long(sent: str) -> None:
    with transaction() as session:
        session.delete(session.get_one(Upload, sent))  # nobody has noted them as an upload
    _make_old(resumable.path_of(sent))
    upload_pruning.prune()
    assert resumable.path_of(sent).exists()
    with transaction() as session:
        session.get_one(Footage, ID).media_key = "footage/AF0001/source.mp4"
    upload_pruning.prune()
    assert list(current_settings().uploads_dir.iterdir()) == []


def _leave_alone(upload_id: str) -> None:
    with transaction() as session:
        session.get_one(Upload, upload_id).updated_at -= resumable.KEPT_SECONDS + 1
    _make_old(resumable.path_of(upload_id))


def _make_old(path: Path) -> None:
    os.utime(path, (1.0, 1.0))
