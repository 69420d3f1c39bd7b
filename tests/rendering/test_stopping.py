"""A clip that is stopped in the middle leaves nothing behind, and no ffmpeg running."""

from pathlib import Path

import psutil
import pytest

from services.rendering.clip import render_clip
from tests.rendering.recordings import make_recording


class Canceled(Exception):
    """What a checkpoint raises."""


@pytest.mark.parametrize("at", [1, 5, 9, 13])
def test_it_leaves_nothing_behind(at: int, tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=50)
    checks: list[None] = []

    def checkpoint() -> None:
        checks.append(None)
        if len(checks) == at:
            raise Canceled

    out = tmp_path / "out"
    with pytest.raises(Canceled):
        render_clip(
            source, out / "clip.mp4", start=0, end=2, variant="clean", aspect_ratio="9x16", segments=[],
            checkpoint=checkpoint,
        )  # fmt: skip
    assert not out.exists() or list(out.iterdir()) == []
    assert not [child for child in psutil.Process().children() if child.name().startswith("ffmpeg")]
