"""When an address that failed is tried again, by table."""

import pytest

from services.notices.backoff import SWITCHED_OFF_AFTER_SECONDS, after_failure

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("failures", "draw", "seconds"),
    [
        (1, 0.5, 30.0),
        (2, 0.5, 60.0),
        (7, 0.5, 1920.0),
        (8, 0.5, 3600.0),
        (1000, 0.5, 3600.0),
        (1, 0.0, 24.0),
        (1, 1.0, 36.0),
    ],
)
def test_the_pauses_double_up_to_an_hour(failures: int, draw: float, seconds: float) -> None:
    assert after_failure(failures, NOW, NOW, draw).not_before == pytest.approx(NOW + seconds)


@pytest.mark.parametrize(
    ("failing_seconds", "is_over"),
    [(0.0, False), (SWITCHED_OFF_AFTER_SECONDS - 1, False), (SWITCHED_OFF_AFTER_SECONDS, True)],
)
def test_it_ends_after_five_days(failing_seconds: float, is_over: bool) -> None:
    assert after_failure(9, NOW - failing_seconds, NOW, 0.5).is_over == is_over
