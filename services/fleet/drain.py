"""When a queue will be empty, told honestly. Pure."""

from dataclasses import dataclass

EMPTY, PAUSED, UNKNOWN, NEVER, LASTS = "empty", "paused", "unknown", "never", "lasts"


@dataclass(frozen=True, slots=True)
class Drain:
    """`seconds` until nothing waits any more, if all goes on as in the last minutes; None where that cannot be said.

    `seconds_alone` is the same if nothing more came in.
    """

    word: str
    seconds: float | None
    seconds_alone: float | None


def time_to_drain(queued: int, in_per_minute: float, out_per_minute: float, *, is_paused: bool) -> Drain:
    """What waits over what goes out faster than it comes in; rates are of the last minutes.

    >>> time_to_drain(100, 10.0, 60.0, is_paused=False)
    Drain(word='lasts', seconds=120.0, seconds_alone=100.0)
    """
    if queued == 0:
        return Drain(EMPTY, 0.0, 0.0)
    if is_paused:
        return Drain(PAUSED, None, None)
    if out_per_minute <= 0:
        return Drain(UNKNOWN, None, None)
    alone = queued / out_per_minute * 60
    net = out_per_minute - in_per_minute
    return Drain(LASTS, queued / net * 60, alone) if net > 0 else Drain(NEVER, None, alone)
