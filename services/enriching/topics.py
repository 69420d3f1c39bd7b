"""What is spoken of: terms, and pairs of them that keep following on each other."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from services.enriching.results import Topic
from services.enriching.sentences import Sentence

MOST_TOPICS = 12
FEWEST_TOPICS = 4  # of a transcript where nothing is said twice
MOST_MENTIONS = 50
PAIR_SHARE = 0.5  # how much of a term's use must be in a pair for the pair to stand for it


def topics_of(sentences: Sequence[Sentence]) -> tuple[Topic, ...]:
    """The foremost first. What is said once is a topic only where nothing is said twice."""
    mentions = _mentions(sentences)
    counts = {name: len(starts) for name, starts in mentions.items()}
    names = _without_parts(counts)
    least = 2 if any(counts[name] > 1 for name in names) else 1
    most = MOST_TOPICS if least > 1 else FEWEST_TOPICS
    ranked = sorted((n for n in names if counts[n] >= least), key=lambda n: (-_weight(n, counts[n]), n))[:most]
    if not ranked:
        return ()
    top = _weight(ranked[0], counts[ranked[0]])
    return tuple(
        Topic(name, round(_weight(name, counts[name]) / top, 3), tuple(mentions[name][:MOST_MENTIONS]))
        for name in ranked
    )


def _mentions(sentences: Sequence[Sentence]) -> dict[str, list[float]]:
    """When sentences begin that have a term, or two terms one after the other."""
    found: dict[str, list[float]] = defaultdict(list)
    for sentence in sentences:
        pairs = [f"{one} {other}" for one, other in pairwise(sentence.terms) if one != other]
        for name in dict.fromkeys([*sentence.terms, *pairs]):
            found[name].append(round(sentence.start, 3))
    return found


def _without_parts(counts: dict[str, int]) -> list[str]:
    """Without pairs that occur once, and without terms that mostly occur in a pair which does not."""
    pairs = [name for name, count in counts.items() if " " in name and count > 1]
    in_pairs: Counter[str] = Counter()
    for pair in pairs:
        for term in pair.split():
            in_pairs[term] = max(in_pairs[term], counts[pair])
    kept = {p for p in pairs if any(counts[p] > PAIR_SHARE * counts[term] for term in p.split())}
    held = {term for pair in kept for term in pair.split() if in_pairs[term] > PAIR_SHARE * counts[term]}
    return [name for name in counts if name in kept or (" " not in name and name not in held)]


def _weight(name: str, count: int) -> float:
    """Longer words tell more; a pair tells more than a word."""
    return count * math.sqrt(min(len(name), 12))
