"""What a song is about, by the words it keeps coming back to."""

from collections.abc import Mapping

from services.analyser.wordlists import tally

MAX_THEMES = 4
MIN_WORDS = 2
MIN_SHARE = 0.015


def themes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Name up to four themes, the strongest first; `counts` is how often each word occurs."""
    needed = max(MIN_WORDS, MIN_SHARE * sum(counts.values()))
    found = [(total, name) for name, total in tally("themes", counts).items() if total >= needed]
    return tuple(name for _, name in sorted(found, key=lambda item: (-item[0], item[1]))[:MAX_THEMES])
