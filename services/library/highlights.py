"""Which lines of a text carry which findings, and where in the line their words stand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol


class Concern(Protocol):
    """What is needed of a finding; a `Finding` row has all of it."""

    @property
    def line(self) -> int: ...
    @property
    def words(self) -> str: ...
    @property
    def severity(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line; `findings` are places in the list of findings, empty for plain text."""

    text: str
    findings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, counted from 1; `severity` is the worst of its findings, 0 for none."""

    number: int
    segments: tuple[Segment, ...]
    findings: tuple[int, ...]
    severity: int

    @property
    def is_blank(self) -> bool:
        return not any(segment.text.strip() for segment in self.segments)


def highlight(text: str, findings: Sequence[Concern]) -> list[Line]:
    """The lines of a text with the words of its findings apart from the rest."""
    by_line: dict[int, list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        by_line[finding.line].append(index)
    return [_line(number, line, by_line[number], findings) for number, line in enumerate(text.split("\n"), start=1)]


def _line(number: int, text: str, indexes: list[int], findings: Sequence[Concern]) -> Line:
    spans = _spans(text, indexes, findings)
    severity = max((findings[index].severity for index in indexes), default=0)
    return Line(number, tuple(_segments(text, spans)), tuple(indexes), severity)


def _spans(text: str, indexes: list[int], findings: Sequence[Concern]) -> list[tuple[int, int, int]]:
    """(start, end, finding) of each finding's words; the same words twice are taken one place after the other."""
    folded = text.lower()
    # Lower case may be longer than the text (İ): then only words spelled alike are found.
    haystack, fold = (folded, str.lower) if len(folded) == len(text) else (text, str)
    searched_to: dict[str, int] = {}
    spans = []
    for index in indexes:
        words = fold(findings[index].words.strip())
        start = _find(haystack, words, searched_to.get(words, 0))
        if start >= 0:
            searched_to[words] = start + len(words)
            spans.append((start, start + len(words), index))
    return spans


def _find(haystack: str, words: str, searched_to: int) -> int:
    """Where the words stand next, as whole words if they do; -1 if nowhere."""
    if not words:
        return -1
    places = list(_places(haystack, words))
    whole = [place for place in places if _is_whole(haystack, place, place + len(words))] or places
    return next((place for place in whole if place >= searched_to), whole[0] if whole else -1)


def _places(haystack: str, words: str) -> Iterator[int]:
    place = haystack.find(words)
    while place >= 0:
        yield place
        place = haystack.find(words, place + 1)


def _is_whole(text: str, start: int, end: int) -> bool:
    return not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()


def _segments(text: str, spans: list[tuple[int, int, int]]) -> Iterator[Segment]:
    """The text cut wherever a span begins or ends, so that spans may overlap."""
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(cuts):
        covering = tuple(index for first, last, index in spans if first <= start and end <= last)
        yield Segment(text[start:end], covering)
