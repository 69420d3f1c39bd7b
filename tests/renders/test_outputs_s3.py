"""Outputs in a real S3: one that is not there, one that is, and a cycle that finds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from models import User
from services.renders.outputs import examine
from tests.conftest import RunJobs
from tests.made_media import ffmpeg
from tests.renders.conftest import render
from tests.renders.cycles import a_cycle, under_way
from tests.servers.nca import API_KEY, Nca
from tests.servers.s3 import BUCKET, s3_server


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[str]:
    """Its address; anybody may read there."""
    with s3_server(tmp_path / "s3", is_open=True) as url:
        yield f"{url}/{BUCKET}"


@pytest.fixture
def settings_overrides(renderer: Nca, s3: str) -> dict[str, Any]:
    where = {"render_output_url": f"{s3}/{{external_job_id}}_output_0.mp4"}
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY} | where


@pytest.fixture
def video(tmp_path: Path) -> bytes:
    path = tmp_path / "o.mp4"
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=0.4", "-pix_fmt", "yuv420p", str(path)])
    return path.read_bytes()


def test_it_is_there_or_not(s3: str, video: bytes) -> None:
    assert examine(f"{s3}/o.mp4").problem == "There is no file yet (status 404)."
    httpx.put(f"{s3}/o.mp4", content=video).raise_for_status()
    seen = examine(f"{s3}/o.mp4")
    assert (seen.problem, seen.size_bytes) == (None, len(video))
    assert seen.appeared_at is not None


def test_a_cycle_finds_it(owner: User, renderer: Nca, s3: str, video: bytes, run_jobs: RunJobs) -> None:
    render_id, job = under_way(owner.id, renderer)
    httpx.put(f"{s3}/{job.job_id}_output_0.mp4", content=video).raise_for_status()
    assert a_cycle(run_jobs)["completed"] == 1
    assert (render(render_id).output_url or "").endswith(f"{job.job_id}_output_0.mp4")
