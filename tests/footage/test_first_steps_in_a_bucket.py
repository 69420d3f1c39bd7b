"""Footage is brought into a bucket, looked at there, and deleted with all that was made of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extensions import current_settings
from services.footage import catalogue, states
from services.footage.work import file_info as work
from services.footage.work.create_frames import create_frames
from services.footage.work.file_info import file_info
from services.footage.work.thumbnails import thumbnails
from services.media.info import MediaInfo
from services.media.probe import probe
from services.media.scratch import FOLDER
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server

STEPS = (file_info, thumbnails, create_frames)


@pytest.fixture
def settings_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with s3_server(tmp_path / "s3") as url:
        yield {"storage_url": f"s3://{BUCKET}", "s3_endpoint_url": url}


def test_it_comes_as_far_as_its_frames_and_goes_whole(make_footage: MakeFootage, clip: Path, tmp_path: Path) -> None:
    record = make_footage(clip).id
    for step in STEPS:
        row = apply(record, step(record, TestContext()))
    folder = tmp_path / "s3" / BUCKET / "footage" / record
    assert row.status == states.CREATING_FRAMES
    assert sorted(path.name for path in folder.iterdir()) == ["poster.jpg", "sheet.jpg", "source.mp4"]
    catalogue.delete(record)
    assert [path for path in folder.parent.rglob("*") if path.is_file()] == []


def test_a_copy_to_look_at_lies_where_it_is_swept_after_a_kill(
    make_footage: MakeFootage, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, context = make_footage(clip).id, TestContext()
    file_info(record, TestContext())  # killed once its file was stored
    looked_at: list[Path] = []

    def look(path: Path, *, needs_sound: bool) -> MediaInfo:
        looked_at.append(path)
        return probe(path, needs_sound=needs_sound)

    monkeypatch.setattr(work, "probe", look)
    apply(record, file_info(record, context))
    assert looked_at[0].is_relative_to(current_settings().data_dir / FOLDER / context.work_id)
