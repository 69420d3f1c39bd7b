"""Named lists of words on disk, and how much of a text each accounts for."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

from services.analyser.lexicon import FOLDER, content_lines, read_classes

MAX_REPEATS = 4


@cache
def word_lists(name: str) -> Mapping[str, frozenset[str]]:
    """Read `lexicons/<name>.txt`: `list: words` lines."""
    return read_classes(FOLDER / f"{name}.txt")


@cache
def language_names() -> Mapping[str, str]:
    """Give the English names of the languages told apart, by ISO 639-1 code."""
    return dict(line.split(maxsplit=1) for _, line in content_lines(FOLDER / "language_names.txt"))


def tally(name: str, counts: Mapping[str, int]) -> Counter[str]:
    """Count the words of a text in each list; repeats of one word weigh ever less, so that a refrain is no flood."""
    index = _index(name)
    totals: Counter[str] = Counter()
    for word, count in counts.items():
        for title in index.get(word, ()):
            totals[title] += min(count, MAX_REPEATS)
    return totals


@cache
def _index(name: str) -> Mapping[str, tuple[str, ...]]:
    titles: dict[str, tuple[str, ...]] = {}
    for title, words in word_lists(name).items():
        for word in words:
            titles[word] = (*titles.get(word, ()), title)
    return titles
