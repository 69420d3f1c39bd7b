"""A file from outside cannot lead ffmpeg to other files or to addresses."""

from pathlib import Path

import av
import pytest

from services.media import ffmpeg

PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{secret}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{secret}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
    '<Representation id="1" mimeType="video/mp4"><BaseURL>file://{secret}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    video = ["-f", "lavfi", "-i", "testsrc2=d=0.2:s=64x64"]
    ffmpeg.make(tmp_path / "secret.mp4", video, duration_seconds=0.2)
    return tmp_path / "secret.mp4"


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_it_opens_no_playlist(kind: str, secret: Path, tmp_path: Path) -> None:
    upload = tmp_path / "upload.mp4"
    upload.write_text(PLAYLISTS[kind].format(secret=secret))
    with pytest.raises(ffmpeg.MediaError):
        ffmpeg.run([*ffmpeg.reading(upload), "-f", "null", "-"], duration_seconds=1)
    with pytest.raises(av.FFmpegError):
        av.open(str(upload), options=ffmpeg.INPUT_OPTIONS)


def test_it_opens_a_video(secret: Path) -> None:
    lines = ffmpeg.run([*ffmpeg.reading(secret), "-f", "null", "-"], duration_seconds=0.2)
    assert any("Video: h264" in line for line in lines)
    with av.open(str(secret), options=ffmpeg.INPUT_OPTIONS) as container:
        assert container.streams.video[0].width == 64
