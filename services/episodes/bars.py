"""From the share of a step that is done to counted items, as the engine reports them."""

from collections.abc import Callable

from services.jobs.progress import Reporter

PARTS = 1000


def begin(progress: Reporter, step: str) -> Callable[[float], None]:
    """Begin a step of which only the share from 0 to 1 is known that is done; what is given back is told of it."""
    progress.step(step, total=PARTS)
    done = 0

    def reached(share: float) -> None:
        nonlocal done
        now = int(min(1.0, share) * PARTS)
        if now > done:
            progress.advance(now - done)
            done = now

    return reached
