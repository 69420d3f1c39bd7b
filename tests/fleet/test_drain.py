"""When a queue will be empty."""

import pytest

from services.fleet.drain import Drain, time_to_drain
from services.fleet.words import seconds_in_words


@pytest.mark.parametrize(
    ("queued", "incoming", "outgoing", "is_paused", "told"),
    [
        (0, 5.0, 5.0, False, Drain("empty", 0.0, 0.0)),
        (100, 10.0, 60.0, False, Drain("lasts", 120.0, 100.0)),
        (100, 0.0, 50.0, False, Drain("lasts", 120.0, 120.0)),
        (100, 60.0, 60.0, False, Drain("never", None, 100.0)),
        (100, 90.0, 60.0, False, Drain("never", None, 100.0)),
        (100, 0.0, 0.0, False, Drain("unknown", None, None)),
        (100, 9.0, 0.0, False, Drain("unknown", None, None)),
        (100, 10.0, 60.0, True, Drain("paused", None, None)),
    ],
)
def test_it_says_only_what_can_be_known(
    queued: int, incoming: float, outgoing: float, is_paused: bool, told: Drain
) -> None:
    assert time_to_drain(queued, incoming, outgoing, is_paused=is_paused) == told


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "60 min"),
        (7200, "2 h"),
        (129_600, "36 h"),
        (172_800, "2 days"),
    ],
)
def test_it_tells_lengths_of_time_in_words(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words
