"""The bar of a video's run tells the truth: it moves in each step, and never back."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from services.jobs.progress import Reporter
from services.videos import states
from tests.api.client import CheckedClient
from tests.media.makers import recording
from tests.videos.sending import send_whole, told

# Where each step of the bar begins and ends; ends are met, or nearly.
STEPS = {"checking": (0.0, 0.10), "storing": (0.10, 0.25), "picturing": (0.25, 0.40), "rendering": (0.40, 1.0)}


def test_it_moves_in_each_step(
    client: CheckedClient, tmp_path: Path, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, float]] = []
    advance = Reporter.advance

    def note(reporter: Reporter, n: int = 1) -> None:
        advance(reporter, n)
        seen.append((reporter.live.step, reporter.live.progress))

    monkeypatch.setattr(Reporter, "advance", note)
    # Of a kind that browsers do not play, so that there is something to do.
    path = recording(tmp_path / "a.avi", seconds=8)
    video_id = send_whole(client, path, file_name="a.avi", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    run_jobs()
    assert told(client, video_id)["status"] == states.READY
    assert [share for _, share in seen] == sorted(share for _, share in seen)
    by_step: defaultdict[str, list[float]] = defaultdict(list)
    for step, share in seen:
        by_step[step].append(share)
    assert list(by_step) == list(STEPS)
    for step, (start, end) in STEPS.items():
        assert start <= by_step[step][0]
        assert by_step[step][-1] == pytest.approx(end, abs=0.001)
    assert len(by_step["picturing"]) > 10
    assert len(by_step["rendering"]) > 1
