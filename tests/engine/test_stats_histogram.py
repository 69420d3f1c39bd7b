"""Histograms of seconds: they add up exactly, and what is read from them is off by a bounded part only."""

import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.stats.histogram import RELATIVE_ERROR, class_of, percentiles, seconds_of

SECONDS = st.floats(min_value=0.001, max_value=1e7)


@given(SECONDS)
def test_it_stands_for_a_duration_within_the_error(seconds: float) -> None:
    assert seconds_of(class_of(seconds)) == pytest.approx(seconds, rel=RELATIVE_ERROR + 1e-9)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.0004, 0.001])
def test_it_takes_less_than_a_millisecond_for_the_least(seconds: float) -> None:
    assert class_of(seconds) == "0"


@given(st.lists(SECONDS, min_size=1, max_size=60), st.sampled_from([0.0, 0.5, 0.95, 1.0]))
def test_it_finds_a_percentile_within_the_error(durations: list[float], share: float) -> None:
    histogram = Counter(class_of(seconds) for seconds in durations)
    exact = sorted(durations)[int(share * (len(durations) - 1))]
    assert percentiles(histogram, [share]) == [pytest.approx(exact, rel=RELATIVE_ERROR + 1e-9)]


@given(st.lists(SECONDS, min_size=1), st.lists(SECONDS, min_size=1))
def test_it_finds_the_same_in_a_sum_as_in_one_histogram_of_all(some: list[float], others: list[float]) -> None:
    parts = Counter(map(class_of, some)) + Counter(map(class_of, others))
    assert parts == Counter(map(class_of, some + others))


def test_it_finds_several_at_once() -> None:
    histogram = Counter(class_of(float(n)) for n in range(1, 101))
    middle, high = percentiles(histogram, (0.5, 0.95))
    assert middle == pytest.approx(statistics.median(range(1, 101)), rel=0.05)
    assert high == pytest.approx(95, rel=RELATIVE_ERROR)


def test_it_finds_nothing_in_an_empty_one() -> None:
    assert percentiles({}, (0.5, 0.95)) == [None, None]
