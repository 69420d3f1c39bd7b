"""Windows tile all of a recording, whatever its cuts, and are no more than there may be."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.footage.moments import LONGEST_SECONDS, windows

SECONDS = st.floats(0.04, 20_000, allow_nan=False)


@given(SECONDS, st.lists(SECONDS, max_size=60), st.integers(1, 60))
def test_it_tiles_the_recording(duration: float, cuts: list[float], most: int) -> None:
    found = windows(duration, cuts, most)
    assert (found[0].start, found[-1].end) == (0.0, duration)
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(window.start < window.end and window.start <= window.at <= window.end for window in found)
    assert len(found) <= most


@given(st.floats(0.04, 390), st.lists(st.floats(0, 390), max_size=10))
def test_it_looks_at_least_each_ten_seconds_where_it_may(duration: float, cuts: list[float]) -> None:
    assert all(window.end - window.start <= LONGEST_SECONDS + 1e-6 for window in windows(duration, cuts, 60))


def test_it_begins_at_cuts() -> None:
    assert [window.start for window in windows(20.0, [4.0, 12.0, 12.3, 19.9], 40)] == [0.0, 4.0, 12.0]


def test_it_looks_behind_the_cut() -> None:
    assert [window.at for window in windows(12.0, [4.0], 40)] == [0.5, 4.5]


def test_it_keeps_cuts_where_there_are_too_many() -> None:
    found = windows(100.0, [float(cut) for cut in range(2, 100, 2)], 4)
    assert [window.start for window in found] == [0.0, 24.0, 50.0, 74.0]


def test_it_hears_what_goes_on_after_the_picture() -> None:
    found = windows(60.0, [], 40, picture_seconds=10.0)
    assert [(window.start, window.end, window.at) for window in found] == [(0.0, 60.0, 0.5)]


@pytest.mark.parametrize("duration", [0.04, 0.5, 1.0])
def test_it_has_one_window_of_what_is_very_short(duration: float) -> None:
    assert [(window.start, window.end) for window in windows(duration, [duration / 2], 40)] == [(0.0, duration)]
