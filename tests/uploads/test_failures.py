"""Whatever breaks in the middle of a piece, what came is kept, and the upload goes on from there."""

import errno
import os
import threading
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import ClientDisconnected

import clock
from extensions import current_settings, transaction
from models import Upload, User
from services import resumable, upload_files, upload_pruning
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh
from tests.uploads.conftest import Tus


class Broken:
    """A connection that ends in the middle."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = list(chunks)

    def read(self, _size: int, /) -> bytes:
        if not self._chunks:
            raise ClientDisconnected
        return self._chunks.pop(0)


def begun(owner: User, size: int = 10) -> str:
    return resumable.begin(owner.id, file_name="a.mp4", size_bytes=size, details={}).id


def offset(upload_id: str) -> int:
    return resumable.offset_of(resumable.get_upload(upload_id))


def test_what_came_before_a_connection_broke_is_kept(owner: User) -> None:
    upload_id = begun(owner)
    with pytest.raises(ClientDisconnected):
        resumable.append(upload_id, 0, Broken(b"abc", b"de"))
    assert offset(upload_id) == 5


def test_a_full_disk_is_told_and_what_came_is_kept(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tus.begin(10)
    write = os.pwrite

    def nearly_full(file: int, data: Any, at: int) -> int:
        if at >= 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[: 4 - at], at)

    monkeypatch.setattr(os, "pwrite", nearly_full)
    answer = tus.send(address, 0, b"abcdefghij")
    assert (answer.status_code, answer.json["error"]) == (507, "disk_full")
    assert tus.offset(address) == 4
    monkeypatch.undo()
    assert tus.send(address, 4, b"efghi").status_code == 204


def test_a_file_that_will_not_fit_is_refused_at_once(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_files, "SPARE_BYTES", 10**18)
    answer = tus.create(10, filename="a.mp4")
    assert (answer.status_code, answer.json["error"]) == (507, "disk_full")


class Waiting:
    """A piece of which the first byte comes at once, and the rest when the test says so."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._chunks = [b"a", b"b"]

    def read(self, _size: int, /) -> bytes:
        if len(self._chunks) == 1:
            self.begun.set()
            assert self.go_on.wait(10)
        return self._chunks.pop(0) if self._chunks else b""


def test_two_who_write_at_once_take_turns(app: Flask, owner: User, tus: Tus) -> None:
    upload_id, source = begun(owner), Waiting()

    def first() -> None:
        with app.app_context():
            resumable.append(upload_id, 0, source)

    thread = threading.Thread(target=first)
    thread.start()
    assert source.begun.wait(10)
    threading.Timer(0.2, source.go_on.set).start()
    answer = tus.send(f"/api/uploads/{upload_id}", 0, b"xyz")
    thread.join()
    assert (answer.status_code, answer.json["details"]) == (409, {"offset": 2})
    assert resumable.path_of(upload_id).read_bytes() == b"ab"


def test_whoever_would_wait_too_long_is_told(
    app: Flask, owner: User, tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = begun(owner)
    with upload_files.locked(resumable.path_of(upload_id)):
        now = clock.monotonic
        monkeypatch.setattr(clock, "monotonic", lambda: now() * 1000)
        answer = tus.send(f"/api/uploads/{upload_id}", 0, b"abc")
    assert (answer.status_code, answer.json["error"]) == (423, "upload_locked")


def test_what_was_whole_when_its_process_died_becomes_an_episode(
    owner: User, video: bytes, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = begun(owner, len(video))
    resumable.path_of(upload_id).write_bytes(video)
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    upload_pruning.prune()
    run_jobs()
    assert fresh("a").arrival == "ready"
    upload_pruning.prune()
    assert resumable.get_upload(upload_id).made_id == "a"


def test_what_was_left_alone_is_forgotten_after_some_days(owner: User) -> None:
    old, new = begun(owner), begun(owner)
    _make_old(old)
    upload_pruning.prune()
    assert [path.name for path in current_settings().uploads_dir.iterdir()] == [new]


def test_what_a_job_still_needs_is_not_forgotten(owner: User, video: bytes, run_jobs: RunJobs) -> None:
    upload_id = begun(owner, len(video))
    resumable.path_of(upload_id).write_bytes(video)
    resumable.finish(upload_id)
    _make_old(upload_id)
    upload_pruning.prune()
    run_jobs()
    assert fresh("a").arrival == "ready"


def test_files_that_nobody_knows_are_removed(owner: User) -> None:
    stray = resumable.path_of("0" * 26)
    stray.write_bytes(b"abc")
    upload_pruning.prune()
    assert stray.exists()
    os.utime(stray, (0, 0))
    upload_pruning.prune()
    assert not stray.exists()


def _make_old(upload_id: str) -> None:
    with transaction() as session:
        session.get_one(Upload, upload_id).updated_at -= resumable.KEPT_SECONDS + 1
