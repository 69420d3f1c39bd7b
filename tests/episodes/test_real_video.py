"""A real film comes in as it is, and goes out as an upright clip that plays to its end."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from imageio_ffmpeg import get_ffmpeg_exe

from services.media.probe import probe
from tests.api.client import CheckedClient
from tests.real_video import big_buck_bunny
from tests.servers.openai_audio import OpenAiAudioServer

SENTENCES = ("Why does the rabbit wake so late?", "Because the meadow is quiet in the morning.")


@pytest.fixture
def settings_overrides() -> Iterator[dict[str, Any]]:
    """Somebody who hears words where there is only music."""
    with OpenAiAudioServer() as server:
        each = {"avg_logprob": -0.1, "no_speech_prob": 0.01}
        told = [{"id": n, "start": n * 2.5, "end": n * 2.5 + 2.3, "text": t, **each} for n, t in enumerate(SENTENCES)]
        server.answer = {"language": "english", "duration": 5.3, "text": " ".join(SENTENCES), "segments": told}
        yield {"transcriber": server.url}


def test_it_comes_from_a_real_film_to_an_upright_clip(app: Flask, run_jobs: Callable[[], None], tmp_path: Path) -> None:
    client = CheckedClient(app, app.response_class)
    sent = client.post("/api/episodes", json={"path": str(big_buck_bunny())})
    assert sent.status_code == 202
    run_jobs()
    episode = client.get("/api/episodes/bigbuckbunny").get_json()
    assert (episode["arrival"], episode["width"], episode["height"]) == ("ready", 1280, 720)
    client.post("/async/episodes/bigbuckbunny/process")
    wanted = {"variants": ["subtitled"], "aspect_ratios": ["9x16"]}
    clips = client.post("/async/episodes/bigbuckbunny/render_clips", json=wanted).get_json()
    run_jobs()
    rendered = client.get(f"/async/jobs/{clips['job_id']}").get_json()
    assert (rendered["status"], rendered["error"]) == ("completed", None)
    (made,) = rendered["result"]["files"]
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(client.get(made["url"]).get_data())
    _is_played_to_its_end(clip)


def _is_played_to_its_end(clip: Path) -> None:
    """Every frame of picture and sound is decoded, without a word of complaint."""
    told = probe(clip)
    assert (told.video_codec, told.audio_codec) == ("h264", "aac")
    assert told.width * 16 == told.height * 9
    assert told.duration_seconds == pytest.approx(5.0, abs=0.5)
    played = subprocess.run(
        [get_ffmpeg_exe(), "-v", "warning", "-xerror", "-i", clip, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (played.returncode, played.stderr) == (0, "")
