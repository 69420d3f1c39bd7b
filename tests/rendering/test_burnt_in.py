"""What is said is seen, at its time, in any script, and inside the picture."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from services.rendering import filters
from services.rendering.clip import render_clip
from services.transcribing.results import Segment, Word
from tests.rendering.recordings import Seen, frames_of, make_recording

GROUND = 90
TEXTS = [
    "Hello there, friends", "مرحبا بالعالم", "שלום עולם", "नमस्ते दुनिया", "你好世界", "こんにちは", "안녕하세요",
    "สวัสดีชาวโลก",
]  # fmt: skip


def _rendered(folder: Path, text: str, aspect_ratio: str = "16x9", variant: str = "subtitled") -> list[Seen]:
    source = folder / "plain.mp4"
    pictures = [np.full((180, 320), GROUND, np.uint8)] * 50
    make_recording(source, pictures=pictures, sound=None)
    words = tuple(Word(0.5 + at * 0.3, 0.8 + at * 0.3, one, 0.9) for at, one in enumerate(text.split()))
    segments = [Segment(0.5, words[-1].end, text, words)]
    target = folder / "it's a [clip], really; 1:2" / "clip.mp4"
    render_clip(source, target, start=0, end=2, variant=variant, aspect_ratio=aspect_ratio, segments=segments)
    return frames_of(target)


def _written(frame: Seen) -> NDArray[np.bool_]:
    written: NDArray[np.bool_] = np.abs(frame.grey.astype(int) - int(np.median(frame.grey))) > 40
    return written


def _amber(frame: Seen) -> float:
    """Where across the picture the lit word is."""
    red, green, blue = (frame.colour[:, :, channel].astype(int) for channel in range(3))
    return float(np.argwhere((red > 200) & (green > 160) & (blue < 120))[:, 1].mean())


@pytest.mark.parametrize("text", TEXTS)
def test_it_writes_each_script(text: str, tmp_path: Path) -> None:
    frames = _rendered(tmp_path, text)
    assert not _written(frames[5]).any()
    assert 0.002 < _written(frames[15]).mean() < 0.1
    assert not _written(frames[-1]).any()


def test_it_lights_the_words_up_from_left_to_right(tmp_path: Path) -> None:
    frames = _rendered(tmp_path, "Hello there, friends")
    places = [_amber(frames[index]) for index in (15, 22, 30)]
    assert places == sorted(places)
    assert places[-1] - places[0] > 30


@pytest.mark.parametrize(
    ("aspect_ratio", "highest", "lowest"), [("9x16", 0.6, 0.8), ("16x9", 0.75, 0.96), ("1x1", 0.6, 0.95)]
)
def test_it_stays_where_it_can_be_read(aspect_ratio: str, highest: float, lowest: float, tmp_path: Path) -> None:
    frame = _rendered(tmp_path, "considerable misunderstandings notwithstanding", aspect_ratio)[20]
    rows, columns = np.nonzero(_written(frame))
    height, width = frame.grey.shape
    assert highest < rows.min() / height < rows.max() / height < lowest
    assert 0.03 < columns.min() / width < columns.max() / width < 0.97


def test_it_writes_nothing_on_a_clean_clip(tmp_path: Path) -> None:
    assert not any(_written(frame).any() for frame in _rendered(tmp_path, "Hello", variant="clean"))


def test_it_can_name_any_folder_to_ffmpeg() -> None:
    assert filters.quoted(Path("/it's,a[b];c:d\\e")) == "/it\\\\\\'s\\,a\\[b\\]\\;c\\\\:d\\\\\\\\e"
