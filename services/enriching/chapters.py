"""Where the subject changes: TextTiling (Hearst, 1997), on sentences.

At each gap between sentences the words of some before and some after it are compared; where they have less in common
than around it, deeply enough, a chapter begins.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from services.enriching.results import Chapter
from services.enriching.sentences import Sentence

SHORTEST_SECONDS = 60.0
CHAPTERS_AT_MOST = 30
BLOCK_TERMS = 60  # about so many are compared on each side of a gap
TITLE_TERMS = 3


def chapters_of(sentences: Sequence[Sentence], duration_seconds: float) -> tuple[Chapter, ...]:
    """They cover the whole recording; none where nothing is said."""
    if not any(sentence.terms for sentence in sentences):
        return ()
    shortest = max(SHORTEST_SECONDS, duration_seconds / CHAPTERS_AT_MOST)
    starts = _starts(sentences, shortest, duration_seconds)
    bounds = [0.0, *(round(sentences[place].start, 3) for place in starts), max(duration_seconds, sentences[-1].end)]
    parts = [sentences[first:last] for first, last in pairwise([0, *starts, len(sentences)])]
    return tuple(
        Chapter(start, end, title) for (start, end), title in zip(pairwise(bounds), _titles(parts), strict=True)
    )


def _starts(sentences: Sequence[Sentence], shortest: float, duration_seconds: float) -> list[int]:
    """The numbers of the sentences that begin a chapter, but for the first; the deepest gaps come first."""
    depths = _depths(_alikeness(sentences))
    if not depths:
        return []
    mean = sum(depths) / len(depths)
    deep_enough = mean + math.sqrt(sum((depth - mean) ** 2 for depth in depths) / len(depths)) / 2
    chosen: list[int] = []
    for depth, place in sorted((-depth, place) for place, depth in enumerate(depths, 1)):
        start = sentences[place].start
        far = all(abs(start - sentences[other].start) >= shortest for other in chosen)
        if -depth > deep_enough and far and shortest <= start <= duration_seconds - shortest:
            chosen.append(place)
    return sorted(chosen)


def _alikeness(sentences: Sequence[Sentence]) -> list[float]:
    """For each gap, the cosine of the words on its two sides."""
    terms = [sentence.terms for sentence in sentences]
    mean_terms = sum(map(len, terms)) / max(len(terms), 1)
    block = max(3, round(BLOCK_TERMS / max(mean_terms, 1)))
    return [
        _cosine(
            Counter(t for said in terms[max(0, place - block) : place] for t in said),
            Counter(t for said in terms[place : place + block] for t in said),
        )
        for place in range(1, len(terms))
    ]


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    product = sum(count * other[term] for term, count in one.items() if term in other)
    lengths = math.sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
    return product / lengths if lengths else 0.0


def _depths(alike: Sequence[float]) -> list[float]:
    """How far each gap lies below the nearest peaks on both of its sides."""
    left, right = _peaks(alike), _peaks(alike[::-1])[::-1]
    return [a + b - 2 * value for a, b, value in zip(left, right, alike, strict=True)]


def _peaks(values: Sequence[float]) -> list[float]:
    """How high one comes from each value when climbing back as long as it goes up."""
    peaks: list[float] = []
    for place, value in enumerate(values):
        climbs = place > 0 and values[place - 1] >= value
        peaks.append(peaks[-1] if climbs else value)
    return peaks


def _titles(parts: Sequence[Sequence[Sentence]]) -> list[str]:
    """Of each chapter the words that it has and others have not, or a number."""
    counts = [Counter(term for sentence in part for term in sentence.terms) for part in parts]
    holders = Counter(term for count in counts for term in count)

    def title(number: int, count: Counter[str]) -> str:
        weight = {term: n * math.log(1 + len(parts) / holders[term]) for term, n in count.items()}
        best = sorted(weight, key=lambda term: (-weight[term], term))[:TITLE_TERMS]
        return _listed(best) or f"Part {number}"

    return [title(number, count) for number, count in enumerate(counts, 1)]


def _listed(terms: Sequence[str]) -> str:
    """`bicycle, pedal and wheel`, with a capital."""
    said = " and ".join([", ".join(terms[:-1]), terms[-1]] if len(terms) > 1 else terms)
    return said[:1].upper() + said[1:]
