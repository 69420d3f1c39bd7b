"""Sentences of a transcript, and the words in them that carry meaning."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.enriching.stop_words import STOP_WORDS
from services.transcribing.formats import timed_words
from services.transcribing.results import Segment, Word

LONGEST_WORDS = 40
SHORTEST_TERM = 3
# A word that most sentences have is no topic, in whatever language: the list of stop words knows English only.
EVERYWHERE_SHARE, EVERYWHERE_SENTENCES = 0.25, 20
_ENDS = re.compile(r"[.?!…。？！][\"'”’)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`terms` are its words that carry meaning, in order, in lower case and without the plural's s."""

    start: float
    end: float
    text: str
    word_count: int
    terms: tuple[str, ...]


def sentences_of(segments: Sequence[Segment]) -> list[Sentence]:
    """By their punctuation where there is any, else as the speaker breathes: by segments."""
    groups = [words for segment in segments for words in _groups(segment)]
    found = [_sentence(words) for words in groups]
    common = _everywhere(found)
    return [_without(sentence, common) for sentence in found] if common else found


def _groups(segment: Segment) -> Iterator[list[Word]]:
    group: list[Word] = []
    for word in timed_words(segment):
        group.append(word)
        if _ENDS.search(word.text) or len(group) >= LONGEST_WORDS:
            yield group
            group = []
    if group:
        yield group


def _sentence(words: Sequence[Word]) -> Sentence:
    text = " ".join(word.text for word in words)
    return Sentence(words[0].start, words[-1].end, text, len(words), tuple(terms_of(text)))


def terms_of(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text.lower().replace("’", "'")):
        word = match[0].removesuffix("'s")
        if len(word) >= SHORTEST_TERM and word not in STOP_WORDS:
            yield singular(word)


def singular(word: str) -> str:
    """Without a plural's s; rough, but the same for each form of a word."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _everywhere(sentences: Sequence[Sentence]) -> set[str]:
    if len(sentences) < EVERYWHERE_SENTENCES:
        return set()
    counts = Counter(term for sentence in sentences for term in set(sentence.terms))
    return {term for term, count in counts.items() if count > EVERYWHERE_SHARE * len(sentences)}


def _without(sentence: Sentence, common: set[str]) -> Sentence:
    terms = tuple(term for term in sentence.terms if term not in common)
    return Sentence(sentence.start, sentence.end, sentence.text, sentence.word_count, terms)
