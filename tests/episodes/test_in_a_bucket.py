"""An episode whose files lie in a bucket: taken in, played, discovered and deleted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import current_settings
from models import User
from services.episodes import arrivals, catalogue, discover
from services.media import stored
from services.media.info import MediaInfo
from services.media.probe import probe
from services.media.scratch import FOLDER
from tests.conftest import RunJobs
from tests.episodes.conftest import TakeIn, fresh
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server


@pytest.fixture
def settings_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with s3_server(tmp_path / "s3") as url:
        yield {"storage_url": f"s3://{BUCKET}/some/prefix", "s3_endpoint_url": url}


def test_it_is_kept_played_and_deleted(take_in: TakeIn, video: Path, client: FlaskClient, tmp_path: Path) -> None:
    episode = take_in(video, episode_id="one")
    assert (episode.arrival, episode.media_key) == ("ready", "episodes/one/source.mp4")
    stored = tmp_path / "s3" / BUCKET / "some/prefix/episodes/one/source.mp4"
    assert stored.read_bytes() == video.read_bytes()
    part = client.get("/media/episodes/one/source.mp4", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, video.read_bytes()[100:200])
    catalogue.delete("one")
    assert not stored.exists()


def test_it_is_discovered(owner: User, video: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "SETTLED_SECONDS", 0.0)
    stored.storage().put("inbox/a.mp4", video)
    copies: list[Path] = []

    def look(path: Path) -> MediaInfo:
        copies.append(path)
        return probe(path)

    monkeypatch.setattr(arrivals, "probe", look)
    assert [arrival.episode_id for arrival in discover.discover(owner.id)] == ["a"]
    run_jobs()
    assert fresh("a").arrival == "ready"
    swept_when_killed = current_settings().data_dir / FOLDER
    assert [path.is_relative_to(swept_when_killed) for path in copies] == [True]
