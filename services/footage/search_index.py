"""All that can be found of footage, as a search wants it: words that lead to texts, and vectors in one matrix."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from sys import intern
from unicodedata import category

import numpy as np
import numpy.typing as npt

from services.embedding import Vectors
from services.enriching.sentences import singular
from services.library import text

# Punctuation, blanks and controls part words, apostrophes do not.
_PLAIN = {
    code: None if chr(code) in "'`" else " "
    for code in range(128)
    if category(chr(code))[0] in "PZC" or chr(code) == "`"
}

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Text:
    """What can be found: a piece of footage, or (where it has a `position`) a frame of it."""

    footage_id: str
    owner_id: int
    title: str
    words: str  # as `text.words` gives them
    vector: bytes | None
    thumbnail_key: str | None
    position: int | None = None
    at_seconds: float | None = None
    caption: str | None = None
    speech: str | None = None
    terms: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Most texts share most terms: kept once, they take a tenth of the memory.
        object.__setattr__(self, "terms", tuple(map(intern, dict.fromkeys(terms_of(self.words)))))


def folded(*parts: str | None) -> str:
    """The words of all parts, as they are compared."""
    return " ".join(_words(part) for part in parts if part)


def _words(part: str) -> str:
    """As `text.words`, but many times as fast where it is plain ASCII."""
    plain = " ".join(part.lower().translate(_PLAIN).split()) if part.isascii() else ""
    return plain or text.words(part)


def terms_of(words: str) -> Iterator[str]:
    """Words without a plural's s."""
    return map(singular, words.split())


class Index:
    """Texts by number: of each record the footage first, then its frames. `parents` are the numbers of their footage,
    `vectors` (m, d) those of the texts `with_vector`."""

    def __init__(self, records: Iterable[Sequence[Text]]) -> None:
        self.texts: list[Text] = []
        parents: list[int] = []
        for record in records:
            parents.extend([len(self.texts)] * len(record))
            self.texts.extend(record)
        self.parents: Numbers = np.array(parents, dtype=np.intp)
        self.owners = np.array([one.owner_id for one in self.texts], dtype=np.int64)
        self.is_frame = np.array([one.position is not None for one in self.texts], dtype=bool)
        self.with_vector, self.vectors = _matrix(self.texts)
        self._numbers = _numbers(self.texts)
        self._vocabulary = sorted(self._numbers)

    def with_term(self, term: str) -> Numbers:
        """The texts that have a term."""
        return self._numbers.get(term, np.zeros(0, dtype=np.intp))

    def terms_from(self, start: str) -> list[str]:
        """The terms that begin so."""
        first = bisect_left(self._vocabulary, start)
        rest = (self._vocabulary[at] for at in range(first, len(self._vocabulary)))
        return list(takewhile(lambda term: term.startswith(start), rest))


def _matrix(texts: Sequence[Text]) -> tuple[Numbers, Vectors]:
    embedded = [(number, one.vector) for number, one in enumerate(texts) if one.vector]
    if not embedded:
        return np.zeros(0, dtype=np.intp), np.zeros((0, 0), dtype=np.float32)
    # A server may have changed the model behind its name: the longest list of vectors that can be compared counts.
    length = Counter(len(vector) for _, vector in embedded).most_common(1)[0][0]
    alike = [(number, vector) for number, vector in embedded if len(vector) == length]
    matrix = np.frombuffer(b"".join(vector for _, vector in alike), dtype="<f4").reshape(len(alike), -1)
    return np.array([number for number, _ in alike], dtype=np.intp), matrix


def _numbers(texts: Sequence[Text]) -> dict[str, Numbers]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(texts):
        for term in one.terms:
            found[term].append(number)
    return {term: np.array(numbers, dtype=np.intp) for term, numbers in found.items()}
