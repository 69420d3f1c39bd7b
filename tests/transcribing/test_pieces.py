"""A recording is cut where it is quiet, into pieces of bounded length, the same way each time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from services.transcribing import pieces
from services.transcribing.audio import FRAME_SECONDS, SAMPLE_RATE
from tests.transcribing.conftest import write_wav


def loud_but_at(seconds: float, quiet_at: list[float]) -> np.ndarray:
    levels = np.full(round(seconds / FRAME_SECONDS), -20.0)
    for instant in quiet_at:
        levels[round((instant - 0.3) / FRAME_SECONDS) : round((instant + 0.3) / FRAME_SECONDS)] = -60.0
    return levels


def test_it_cuts_in_the_middle_of_a_silence() -> None:
    (first, second) = pieces.spans(loud_but_at(90, [20, 45.0]), 90.0, 30, 60)
    assert first[1] == pytest.approx(45.0, abs=0.2)
    assert second == (first[1], 90.0)


def test_it_cuts_a_recording_that_is_never_quiet() -> None:
    found = pieces.spans(loud_but_at(200, []), 200.0, 30, 60)
    assert all(0 < end - start <= 60 for start, end in found)
    assert (found[0][0], found[-1][1]) == (0.0, 200.0)


@pytest.mark.parametrize("seconds", [0.5, 59.9, 60.1, 61, 89, 121.5, 3600])
def test_it_leaves_nothing_out(seconds: float) -> None:
    rng = np.random.default_rng(3)
    found = pieces.spans(rng.uniform(-60, -10, round(seconds / FRAME_SECONDS)), seconds, 30, 60)
    assert (found[0][0], found[-1][1]) == (0.0, seconds)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(end - start <= 60 for start, end in found)


def test_it_makes_no_pieces_of_nothing() -> None:
    assert pieces.spans(np.zeros(0), 0.0, 30, 60) == []


def test_it_reads_the_levels_of_a_file(tmp_path: Path) -> None:
    tone = np.sin(np.arange(70 * SAMPLE_RATE) * 0.3) * 0.5
    tone[50 * SAMPLE_RATE : 51 * SAMPLE_RATE] = 0
    (first, _) = pieces.split(write_wav(tmp_path / "tone.wav", tone))
    assert 50.0 <= first[1] <= 51.0
