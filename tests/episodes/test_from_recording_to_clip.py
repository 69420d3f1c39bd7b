"""The whole way with nothing made up: a spoken recording is taken in, listened to, and cut into subtitled clips."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from services.media.probe import probe
from tests.api.client import CheckedClient
from tests.made_media import spoken_video

TEXT = (
    "Today we talk about rivers and about the sea. A river begins as a small stream in the hills. "
    "Many small streams come together, and the river grows wide and slow. At last the river meets the sea. "
    "Why is the sea so important? All of our rain comes from the sea."
)


def test_it_comes_from_a_recording_to_a_subtitled_upright_clip(
    app: Flask, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    client = CheckedClient(app, app.response_class)
    recording = spoken_video(tmp_path / "rivers.mp4", TEXT, size=(192, 108))
    sent = client.post("/api/episodes", json={"path": str(recording), "title": "Rivers"})
    assert sent.status_code == 202
    # Both are asked for at once: each waits for what it needs.
    processing = client.post("/async/episodes/rivers/process").get_json()
    clips = client.post(
        "/async/episodes/rivers/render_clips", json={"variants": ["subtitled"], "aspect_ratios": ["9x16"]}
    ).get_json()
    run_jobs()
    processed = client.get(f"/async/jobs/{processing['job_id']}").get_json()
    assert (processed["status"], processed["error"]) == ("completed", None)
    assert processed["result"]["stage"] == "rendered"

    episode = client.get("/api/episodes/rivers").get_json()
    heard = set(episode["transcript"]["text"].lower().replace(".", "").split())
    assert {"river", "sea"} <= heard

    rendered = client.get(f"/async/jobs/{clips['job_id']}").get_json()
    assert (rendered["status"], rendered["error"]) == ("completed", None)
    file = rendered["result"]["files"][0]
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(client.get(file["url"]).get_data())
    told = probe(clip)
    assert (told.video_codec, told.audio_codec) == ("h264", "aac")
    assert (told.width, told.height) == (file["width"], file["height"])
    assert told.width * 16 == told.height * 9
