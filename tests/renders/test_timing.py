"""When a render is looked at again: pure, so a table."""

import pytest

from services.renders.timing import chance_of, next_check_seconds

INTERVAL = 120.0


@pytest.mark.parametrize(
    ("age_seconds", "check_errors", "least", "most"),
    [
        (0, 0, 300, 330),  # not before it is five minutes old
        (299, 0, 1, 2),
        (300, 0, 60, 120),  # at each cycle while it is young
        (3599, 0, 60, 120),
        (3600, 0, 300, 330),  # then every 5 to 10 minutes
        (3 * 3600, 0, 300, 600),
        (6 * 3600, 0, 540, 600),
        (24 * 3600, 0, 540, 600),
        (600, 1, 120, 240),  # where nobody answers, twice as long each time
        (600, 2, 240, 480),
        (600, 50, 900, 1000),  # but never so long that the end of an outage goes unnoticed
        (24 * 3600, 50, 900, 1000),
    ],
)
@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_it_adapts(age_seconds: float, check_errors: int, least: float, most: float, chance: float) -> None:
    pause = next_check_seconds(age_seconds, check_errors, interval_seconds=INTERVAL, chance=chance)
    assert least <= pause <= most


def test_it_never_looks_more_often_than_the_schedule() -> None:
    assert next_check_seconds(5000.0, 0, interval_seconds=59 * 60.0) > 30 * 60


def test_chance_spreads_and_is_the_same_each_time() -> None:
    chances = [chance_of(f"render-{n}", 3) for n in range(1000)]
    assert chances == [chance_of(f"render-{n}", 3) for n in range(1000)]
    assert 0.0 <= min(chances) < 0.1 < 0.9 < max(chances) < 1.0
    assert 0.45 < sum(chances) / 1000 < 0.55
