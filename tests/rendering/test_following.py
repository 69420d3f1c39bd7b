"""In a clip of another shape, the subject stays in the picture."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from services.rendering.clip import render_clip
from tests.rendering.recordings import frames_of, make_recording

GROUND, BLOCK = 60, 230


def _scene(centre: float, *, upright: bool = False, step: int = 0) -> NDArray[np.uint8]:
    """A plain ground with a bright block at that share of the longer side, which trembles as heads do."""
    picture = np.full((180, 320), GROUND, np.uint8)
    left = round(centre * 320) - 16 + 2 * (step % 2)
    picture[70 + step % 3 : 110 + step % 3, max(left, 0) : left + 32] = BLOCK
    return picture.T.copy() if upright else picture


def _clip(source: Path, aspect_ratio: str) -> list[NDArray[np.uint8]]:
    target = source.with_name("clip.mp4")
    render_clip(source, target, start=0, end=9, variant="clean", aspect_ratio=aspect_ratio, segments=[])
    return [frame.grey for frame in frames_of(target)]


def _share_seen(pictures: list[NDArray[np.uint8]]) -> float:
    """In how many of the pictures the whole block is, not touching an edge."""
    bright = [picture > (GROUND + BLOCK) // 2 for picture in pictures]
    edges = [np.concatenate([one[:, 0], one[:, -1], one[0], one[-1]]) for one in bright]
    whole = [bool(one.any() and not edge.any()) for one, edge in zip(bright, edges, strict=True)]
    return sum(whole) / len(whole)


@pytest.mark.parametrize("aspect_ratio", ["9x16", "1x1"])
def test_it_keeps_a_block_that_moves_across(aspect_ratio: str, tmp_path: Path) -> None:
    pictures = [_scene(0.1 + 0.8 * step / 100, step=step) for step in range(100)]
    seen = _clip(make_recording(tmp_path / "walk.mp4", pictures=pictures), aspect_ratio)
    assert _share_seen(seen) == 1.0
    assert np.mean(seen[50] > 145) > 0.015  # large, as the window is cropped and not the whole picture shown


def test_it_stands_still_on_a_speaker_at_the_side(tmp_path: Path) -> None:
    pictures = [_scene(0.8, step=step) for step in range(60)]
    seen = _clip(make_recording(tmp_path / "talk.mp4", pictures=pictures), "9x16")
    assert _share_seen(seen) == 1.0
    columns = [np.argwhere((picture > 145).any(axis=0)).mean() for picture in seen]
    assert max(columns) - min(columns) < 10


def test_it_keeps_a_head_in_an_upright_recording(tmp_path: Path) -> None:
    pictures = [_scene(0.25, upright=True, step=step) for step in range(50)]
    assert _share_seen(_clip(make_recording(tmp_path / "upright.mp4", pictures=pictures), "16x9")) == 1.0


def test_it_jumps_with_the_cut(tmp_path: Path) -> None:
    dark = [_scene(0.15, step=step) for step in range(52)]
    light = [255 - _scene(0.85, step=step) for step in range(48)]
    seen = _clip(make_recording(tmp_path / "cut.mp4", pictures=[*dark, *light]), "9x16")
    assert _share_seen(seen[:52]) == 1.0
    assert _share_seen([255 - picture for picture in seen[52:]]) == 1.0


def test_it_shows_a_page_of_text_whole(tmp_path: Path) -> None:
    page = np.full((180, 320), 240, np.uint8)
    page[10:170:6, 8:312:3] = 20
    seen = _clip(make_recording(tmp_path / "slides.mp4", pictures=[page] * 30), "9x16")[20]
    band = seen[seen.shape[0] // 2 - 80 : seen.shape[0] // 2 + 80]
    assert band[:, :40].std() > 20
    assert band[:, -40:].std() > 20
    assert seen[:60].std() < 20  # the ground is blurred
