"""How much of some work is done, from 0 to 1, where it is a part of other work."""

from collections.abc import Callable

Reached = Callable[[float], None]


def within(reached: Reached, start: float, end: float) -> Reached:
    """What hears the share of a part that goes from `start` to `end` of the whole."""
    return lambda share: reached(start + (end - start) * min(1.0, share))
