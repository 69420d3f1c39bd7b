"""Lengths of time for people. Pure."""

_UNITS = ((86_400, "days"), (3600, "h"), (60, "min"))


def seconds_in_words(seconds: float) -> str:
    """About how long: `40 s`, `7 min`, `36 h`, `2 days`."""
    for size, name in _UNITS:
        if seconds >= (2 * size if name == "days" else size):
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
