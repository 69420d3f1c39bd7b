"""Whether a long job's memory grows."""

import pytest

from bench.chunked import growth


def test_it_compares_the_last_quarter_with_the_second() -> None:
    assert growth([10, 50, 100, 100, 110, 120, 130, 150]) == pytest.approx(1.4)


def test_it_is_not_moved_by_one_peak() -> None:
    assert growth([100] * 15 + [900]) == 1


def test_it_makes_do_with_one_look() -> None:
    assert growth([100]) == 1
