"""When a record that failed is taken up again: later each time, and never after the fifth."""

import pytest

from services.footage.retrying import Later, Problem, SetAside, decide

BUSY = Problem("busy", "It is busy.")


@pytest.mark.parametrize(("before", "seconds"), [(0, 5.0), (1, 10.0), (2, 20.0), (3, 40.0)])
def test_the_delay_grows(before: int, seconds: float) -> None:
    assert decide(BUSY, failures_before=before, base_seconds=5, chance=1.0) == Later(before + 1, seconds)


def test_it_is_never_longer_than_a_quarter_of_an_hour() -> None:
    assert decide(BUSY, failures_before=3, base_seconds=600, chance=1.0) == Later(4, 900.0)


def test_jitter_shortens_it_by_half_at_most() -> None:
    assert decide(BUSY, failures_before=0, base_seconds=8, chance=0.0) == Later(1, 4.0)


def test_who_asks_to_be_left_alone_longer_is() -> None:
    asked = Problem("busy", "It is busy.", asked_seconds=120)
    assert decide(asked, failures_before=0, base_seconds=5, chance=1.0) == Later(1, 120)


@pytest.mark.parametrize(("problem", "before"), [(BUSY, 4), (Problem("no_video", "No.", is_final=True), 0)])
def test_it_is_set_aside(problem: Problem, before: int) -> None:
    assert decide(problem, failures_before=before, base_seconds=5) == SetAside(before + 1)
