"""How measurements are summed up."""

import math

import pytest

from bench.figures import middle, percentile, ratios, slope, slope_in_words, spread


def test_it_compares_within_a_round() -> None:
    assert ratios([200, 90], [100, 30]) == [2, 3]


def test_it_tells_no_ratio_to_nothing() -> None:
    assert math.isnan(ratios([1], [0])[0])


def test_it_tells_the_spread_as_a_part_of_the_median() -> None:
    assert spread([90, 100, 120]) == pytest.approx(0.3)


def test_it_has_no_middle_of_nothing() -> None:
    assert math.isnan(middle([]))


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1, 100)])
def test_it_finds_a_percentile(share: float, value: float) -> None:
    assert percentile(range(1, 101), share) == value


@pytest.mark.parametrize("exponent", [0, 0.3, 1, 2, -0.5])
def test_it_finds_how_a_cost_grows(exponent: float) -> None:
    sizes = [10, 100, 1000, 10_000]
    assert slope(sizes, [7 * size**exponent for size in sizes]) == pytest.approx(exponent)


def test_it_finds_no_slope_at_one_size() -> None:
    assert math.isnan(slope([10, 10], [1, 2]))


@pytest.mark.parametrize(
    ("exponent", "words"),
    [
        (0.04, "flat"),
        (-0.04, "flat"),
        (0.3, "grows as n^0.3"),
        (1.05, "grows in proportion"),
        (2, "grows as n^2.0"),
        (-0.5, "falls as n^-0.5"),
        (math.nan, "too few sizes to tell"),
    ],
)
def test_it_says_a_slope_in_words(exponent: float, words: str) -> None:
    assert slope_in_words(exponent) == words
