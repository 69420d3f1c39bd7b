"""The moving preview of a recording."""

from pathlib import Path

import pytest

from services.media.probe import probe
from services.rendering.preview import excerpts, make_preview
from tests.media.makers import recording


@pytest.mark.parametrize(
    ("seconds", "starts", "each"),
    [(3.0, [0.0], 3.0), (12.0, [0.0], 6.0), (100.0, [9.4, 29.4, 49.4, 69.4, 89.4], 1.2)],
)
def test_it_is_from_all_over_a_long_recording_and_the_whole_of_a_short_one(
    seconds: float, starts: list[float], each: float
) -> None:
    found, each_seconds = excerpts(seconds)
    assert (found == pytest.approx(starts), each_seconds) == (True, each)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("upright.mp4", ()),
        ("turned.mov", ("-vf", "scale=120:160")),
        ("large.mp4", ("-vf", "scale=642:481,pad=644:482", "-pix_fmt", "yuv420p")),
        ("old.avi", ()),
    ],
)
def test_it_is_small_and_silent_and_plays_everywhere(tmp_path: Path, name: str, more: tuple[str, ...]) -> None:
    source, target = recording(tmp_path / name, *more, seconds=14), tmp_path / "preview.mp4"
    make_preview(source, target, 14.0)
    info = probe(target, needs_sound=False)
    assert info.duration_seconds == pytest.approx(6.0, abs=0.6)
    assert (info.audio_codec, info.video_codec, max(info.width, info.height) <= 320) == (None, "h264", True)


def test_it_hears_how_far_it_is(tmp_path: Path) -> None:
    shares: list[float] = []
    make_preview(recording(tmp_path / "a.mp4", seconds=2), tmp_path / "p.mp4", 2.0, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
