"""Pollers are told when to ask next where an end is near, so that they learn of it soon."""

import pytest

from services.jobs import states
from services.jobs.documents import LiveState, pace_fields
from services.jobs.eta import Remaining


@pytest.mark.parametrize(
    ("progress", "seconds_left", "pause_ms"),
    [
        (0.95, 3.0, 3200),
        (0.95, 0.1, 1000),
        (0.95, 4.79, 4990),
        (0.95, 4.9, None),  # the clients' own 5 s will do
        (0.9, 3.0, None),
        (0.95, None, None),
    ],
)
def test_it_tells_when_to_ask_next(progress: float, seconds_left: float | None, pause_ms: int | None) -> None:
    eta = None if seconds_left is None else Remaining(seconds_left, 0.1)
    told = pace_fields(LiveState(progress=progress, eta=eta))
    assert told.get("poll_after_ms") == pause_ms


def test_it_tells_nothing_once_it_is_over() -> None:
    assert pace_fields(LiveState(status=states.FINISHED, progress=1.0, eta=Remaining(0.0, 0.0))) == {}
