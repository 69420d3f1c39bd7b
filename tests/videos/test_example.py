"""The example that uploads a video, against a running Backbeat."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.ops.launching import PROJECT
from tests.stack import running


@pytest.mark.timeout(300)
def test_it_sends_a_video_that_browsers_can_play(clip: Path, tmp_path: Path) -> None:
    with running(tmp_path / "data") as stack:
        environ = {**os.environ, "BACKBEAT_URL": stack.url, "BACKBEAT_KEY": ""}
        command: list[str | Path] = [sys.executable, PROJECT / "examples" / "upload_video.py", clip, "harbour-films"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = done.stdout.splitlines()
        assert f"{clip.stat().st_size} bytes are there" in lines
        assert httpx.get(lines[-1]).content[4:8] == b"ftyp"
        (video,) = httpx.get(f"{stack.url}/api/videos?tenant_id=harbour-films").json()["videos"]
        assert video["status"] == "ready"
