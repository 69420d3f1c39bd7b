"""The first step brings a file in and tells what it is."""

from pathlib import Path
from typing import Any

import pytest

from errors import NotFound
from extensions import current_settings
from models import User
from services.footage import catalogue, files, states
from services.footage.work.file_info import file_info
from services.media import stored
from tests.episodes.conftest import Sent
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import Stopped, TestContext, apply, footage
from tests.media.makers import PICTURE, ffmpeg, without_sound


def test_it_tells_what_it_is(make_footage: MakeFootage, clip: Path) -> None:
    footage_id, context = make_footage(clip).id, TestContext()
    row = apply(footage_id, file_info(footage_id, context))
    assert (row.status, row.media_key) == (states.FILE_INFO_COMPLETE, f"footage/{footage_id}/source.mp4")
    assert (row.width, row.height, row.frames_per_second) == (160, 120, 10.0)
    assert (row.video_codec, row.audio_codec, row.size_bytes) == ("h264", "aac", clip.stat().st_size)
    assert row.duration_seconds == pytest.approx(4.0, abs=0.2)
    assert [stream["kind"] for stream in (row.info or {})["streams"]] == ["video", "audio"]
    assert context.shares == sorted(context.shares)
    assert context.shares[-1] == 1.0


def test_it_keeps_a_copy_and_leaves_the_original(make_footage: MakeFootage, clip: Path) -> None:
    footage_id = make_footage(clip).id
    file_info(footage_id, TestContext())
    with stored.storage().local_copy(files.source_key(footage_id, clip.name)) as kept:
        assert kept.read_bytes() == clip.read_bytes()
        assert kept.stat().st_ino != clip.stat().st_ino


def test_it_takes_what_has_no_sound(make_footage: MakeFootage, tmp_path: Path) -> None:
    footage_id = make_footage(without_sound(tmp_path / "silent.mp4")).id
    row = apply(footage_id, file_info(footage_id, TestContext()))
    assert (row.audio_codec, row.status) == (None, states.FILE_INFO_COMPLETE)


def test_it_takes_a_single_picture_that_is_a_video(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    ffmpeg(*PICTURE, "-frames:v", "1", path)
    footage_id = make_footage(path).id
    row = apply(footage_id, file_info(footage_id, TestContext()))
    assert row.duration_seconds == pytest.approx(0.1, abs=0.05)


def test_it_tells_timecode_and_date(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "camera.mov"
    ffmpeg(
        *PICTURE,
        "-t",
        "1",
        "-r",
        "25",
        "-timecode",
        "01:02:03:04",
        "-metadata",
        "creation_time=2025-06-01T10:20:30Z",
        path,
    )
    footage_id = make_footage(path).id
    info = apply(footage_id, file_info(footage_id, TestContext())).info or {}
    assert (info["timecode"], info["recorded_at"]) == ("01:02:03:04", "2025-06-01T10:20:30.000Z")
    assert info["container"].startswith("QuickTime")


def test_it_removes_what_was_sent_once_it_is_kept(owner: User, clip: Path) -> None:
    footage_id = catalogue.add_upload(owner.id, Sent(clip))
    file_info(footage_id, TestContext())
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_it_goes_on_where_it_was_killed_after_storing(owner: User, clip: Path) -> None:
    footage_id = catalogue.add_upload(owner.id, Sent(clip))
    file_info(footage_id, TestContext())  # and the worker was lost before the record had moved
    row = apply(footage_id, file_info(footage_id, TestContext()))
    assert (row.status, row.size_bytes) == (states.FILE_INFO_COMPLETE, clip.stat().st_size)


def test_it_leaves_nothing_of_a_record_that_was_deleted_meanwhile(
    make_footage: MakeFootage, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footage_id = make_footage(clip).id
    kind = type(stored.storage())
    put = kind.put

    def put_late(*args: Any, **options: Any) -> None:
        catalogue.delete(footage_id)
        put(*args, **options)

    monkeypatch.setattr(kind, "put", put_late)
    with pytest.raises(NotFound):
        file_info(footage_id, TestContext())
    assert stored.storage().list() == []


def test_it_stops_when_it_must(make_footage: MakeFootage, clip: Path) -> None:
    footage_id = make_footage(clip).id
    with pytest.raises(Stopped):
        file_info(footage_id, TestContext(stop_at=1))
    assert footage(footage_id).status == states.PENDING_FILE_INFO
    assert stored.storage().list() == []
