"""What a window that is open does to a queue. Pure."""

from dataclasses import dataclass
from typing import Literal

Deed = Literal["hold", "leave"]


@dataclass(frozen=True, slots=True)
class Pause:
    """That a queue is paused; `until` None: until somebody resumes it."""

    until: float | None


def decide(pause: Pause | None, *, was_held: bool, ends_at: float) -> Deed:
    """A window never shortens a pause, and holds a queue once: who resumes it meanwhile has it run until the next time.

    A pause that would end before the window does is lengthened, since a queue must not run in mid-maintenance because
    somebody had paused it for a quarter of an hour; one without an end, or with a later one, stays as it is.
    """
    if pause is None:
        return "leave" if was_held else "hold"
    return "hold" if pause.until is not None and pause.until < ends_at else "leave"
