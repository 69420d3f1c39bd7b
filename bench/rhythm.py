"""When a browser asks again: the rules of `static/js/progress-polling.js`, so that its load can be simulated. Pure."""

YOUNG_JOB_MS = 10_000
INITIAL_INTERVAL_MS, MIDDLE_INTERVAL_MS, SLOW_INTERVAL_MS, HIDDEN_INTERVAL_MS = 1000, 2000, 5000, 30_000
MAX_INTERVAL_MS = 5000
MIN_SERVER_DELAY_MS, MAX_SERVER_DELAY_MS = 250, 300_000
JITTER_FRACTION = 0.1
ERROR_BACKOFF_MULTIPLIER = 2


def rhythm_ms(*, progress: float, age_ms: float, random: float, background: bool = False) -> float:
    """The interval for a job so far along and so old; `random` is 0 to 1."""
    if background:
        return SLOW_INTERVAL_MS
    if age_ms < YOUNG_JOB_MS or progress < 0.1:
        return INITIAL_INTERVAL_MS
    return max(INITIAL_INTERVAL_MS, SLOW_INTERVAL_MS if progress > 0.9 else MIDDLE_INTERVAL_MS * (1 + random / 2))


def next_delay_ms(
    *,
    progress: float,
    age_ms: float,
    random: float,
    server_delay_ms: float | None = None,
    hidden: bool = False,
    background: bool = False,
    error_count: int = 0,
) -> float:
    """The pause before the next question; a server that says when it wants to be asked is obeyed."""
    jitter = JITTER_FRACTION * random
    quiet = HIDDEN_INTERVAL_MS * (1 - jitter) if hidden else 0.0
    if server_delay_ms is not None:
        told = min(MAX_SERVER_DELAY_MS, max(MIN_SERVER_DELAY_MS, server_delay_ms))
        return max(quiet, told * (1 + jitter))
    rhythm = rhythm_ms(progress=progress, age_ms=age_ms, random=random, background=background)
    return quiet or min(MAX_INTERVAL_MS, rhythm * ERROR_BACKOFF_MULTIPLIER**error_count) * (1 - jitter)
