"""What was rendered plays in a real browser, picture and sound."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from services.rendering.clip import render_clip
from services.rendering.web import make_web_ready
from services.transcribing.results import Segment
from tests.browsing import chromium
from tests.rendering.recordings import make_recording

PLAY = """async () => {
    const video = document.querySelector("video");
    video.muted = true;
    const ended = new Promise((done, failed) => {
        video.onended = done;
        video.onerror = () => failed(new Error(video.error.message));
    });
    await video.play();
    await new Promise((moved) => { video.ontimeupdate = () => video.currentTime > 0.2 && moved(); });
    const midway = video.currentTime;
    await ended;
    return {
        midway, end: video.currentTime, duration: video.duration, width: video.videoWidth, height: video.videoHeight,
        frames: video.getVideoPlaybackQuality().totalVideoFrames, heard: video.webkitAudioDecodedByteCount,
    };
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word of it."""

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _played(address: str) -> dict[str, float]:
    with chromium().new_page() as page:
        page.goto(f"{address}/")
        page.set_content(f'<video src="{address}/made.mp4"></video>')
        played: dict[str, float] = page.evaluate(PLAY)
        return played


def test_it_plays_a_subtitled_clip_to_its_end(address: str, tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=50)
    segments = [Segment(0.0, 2.0, "these are the words of it", ())]
    render_clip(
        source, tmp_path / "made.mp4", start=0.4, end=1.4, variant="subtitled", aspect_ratio="9x16", segments=segments
    )
    played = _played(address)
    assert 0.2 < played["midway"] <= played["end"]
    assert played["end"] == pytest.approx(1.0, abs=0.1)
    assert (played["width"], played["height"]) == (360, 640)
    assert played["frames"] >= 10
    assert played["heard"] > 0


def test_it_plays_a_web_ready_recording(address: str, tmp_path: Path) -> None:
    source = make_recording(tmp_path / "old.mkv", frames=25, options=["-c:v", "mpeg4"])
    make_web_ready(source, tmp_path / "made.mp4")
    played = _played(address)
    assert played["end"] == pytest.approx(1.0, abs=0.1)
    assert played["heard"] > 0
