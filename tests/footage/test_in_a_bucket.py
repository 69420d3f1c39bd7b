"""Footage whose file lies in a bucket: it is listened to, and its frames are looked at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.footage import states
from services.footage.work.listen import listen
from services.footage.work.process_frame import process_frame
from tests.episodes.processing import FakeEngine
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply, apply_to_frame
from tests.footage.records import add_frames, with_file
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server


@pytest.fixture
def settings_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with s3_server(tmp_path / "s3") as url:
        yield {"storage_url": f"s3://{BUCKET}", "s3_endpoint_url": url}


def test_it_goes_through_the_step(
    make_footage: MakeFootage, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.transcribing.load", lambda _: FakeEngine())
    record = make_footage(status=states.CREATING_FRAMES).id
    with_file(record, clip, duration_seconds=4.0, audio_codec="aac")
    apply(record, listen(record, TestContext()))
    first, second = add_frames(record, ((1.0, 0.0, 2.0), (3.0, 2.0, 4.0)))
    rows = [apply_to_frame(one, process_frame(one, TestContext())) for one in (first, second)]
    assert [row.speech for row in rows] == ["river", ""]
    assert all(row.caption for row in rows)
    stored = sorted(path.name for path in (tmp_path / "s3" / BUCKET / "footage" / record / "frames").iterdir())
    assert stored == ["0001.jpg", "0002.jpg"]
