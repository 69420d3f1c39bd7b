"""A clip is what every browser plays, from its first bytes on, and tells nothing of who recorded it where."""

from pathlib import Path

import av
import pytest

from services.rendering.clip import render_clip
from services.rendering.shapes import RATIOS
from tests.rendering.recordings import make_recording

TOLD = ["-metadata", "location=+48.2-016.3/", "-metadata", "artist=Somebody", "-movflags", "use_metadata_tags"]


@pytest.fixture(params=RATIOS)
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    source = make_recording(tmp_path / "talk.mp4", frames=40, options=TOLD)
    target = tmp_path / "clip.mp4"
    shares: list[float] = []
    render_clip(
        source, target, start=0.5, end=1.5, variant="clean", aspect_ratio=request.param, segments=[],
        on_progress=shares.append,
    )  # fmt: skip
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1.0
    return target


def test_it_is_what_every_browser_plays(clip: Path) -> None:
    with av.open(str(clip)) as container:
        picture, sound = container.streams.video[0].codec_context, container.streams.audio[0].codec_context
        assert (picture.name, picture.pix_fmt, sound.name) == ("h264", "yuv420p", "aac")
        assert picture.width % 2 == picture.height % 2 == 0
        assert container.streams.video[0].average_rate == 25
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands", "encoder"}
    data = clip.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"Somebody" not in data


def test_it_leaves_nothing_beside_it(clip: Path) -> None:
    assert sorted(path.name for path in clip.parent.iterdir()) == ["clip.mp4", "talk.mp4"]
