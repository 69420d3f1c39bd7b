"""The lexicons on disk, read once into one index from word to phrases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.analyser.patterns import Pattern, PatternError, compile_patterns, parse_words
from services.analyser.results import CATEGORIES
from services.analyser.tokens import Token

FOLDER = Path(__file__).parent / "lexicons"
LANGUAGES = ("en", "es", "fr", "de")
ANY_LANGUAGE = "any"
EXCEPTION = -1
WEAK_CUE = 0


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase says: `severity` 1 to 3, 0 for a cue that needs company, -1 for an innocent use."""

    category: str
    severity: int
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a line: its first and last token."""

    sense: Sense
    first: int
    last: int


class Lexicon:
    """The phrases of one language."""

    def __init__(self, entries: Sequence[tuple[Pattern, Sense]]) -> None:
        self._by_word: dict[str, list[tuple[Pattern, Sense]]] = {}
        for pattern, sense in entries:
            for word in pattern.anchor:
                self._by_word.setdefault(word, []).append((pattern, sense))

    def find(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Give every phrase of the lexicon that stands in a line."""
        for at, token in enumerate(tokens):
            for key in token.keys:
                for pattern, sense in self._by_word.get(key, ()):
                    span = pattern.match(tokens, at)
                    if span is not None:
                        yield Hit(sense, *span)

    def find_all(self, lines: Sequence[Sequence[Token]]) -> list[list[Hit]]:
        """Give the phrases of every line; a line sung again is not searched again."""
        known: dict[tuple[tuple[str, ...], ...], list[Hit]] = {}
        found: list[list[Hit]] = []
        for tokens in lines:
            words = tuple(token.keys for token in tokens)
            if words not in known:
                known[words] = list(self.find(tokens))
            found.append(known[words])
        return found


@cache
def lexicon(language: str) -> Lexicon:
    """Read the lexicon of a language: one file a category, `classes.txt` for word classes."""
    folder = FOLDER / language
    classes = read_classes(folder / "classes.txt")
    entries: list[tuple[Pattern, Sense]] = []
    for category in CATEGORIES:
        path = folder / f"{category}.txt"
        if path.exists():
            entries.extend(_read_entries(path, category, classes))
    return Lexicon(entries)


@cache
def masked_words() -> frozenset[str]:
    """The words that people disguise, in all their forms."""
    lines = content_lines(FOLDER / "masked.txt")
    return frozenset().union(*(parse_words(line, {}) for _, line in lines))


def read_classes(path: Path) -> Mapping[str, frozenset[str]]:
    """Read `name: word word …` lines; a class may use those above it."""
    classes: dict[str, frozenset[str]] = {}
    if path.exists():
        for _, line in content_lines(path):
            name, _, words = line.partition(":")
            classes[name] = parse_words("|".join(words.split()), classes) | classes.get(name, frozenset())
    return classes


def content_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Give the numbered lines of a data file that are neither blank nor comment."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.partition("# ")[0].strip() if not line.startswith("#") else ""
        if text:
            yield number, text


def _read_entries(path: Path, category: str, classes: Mapping[str, frozenset[str]]) -> Iterator[tuple[Pattern, Sense]]:
    sense: Sense | None = None
    for number, line in content_lines(path):
        if line.startswith("["):
            severity, _, label = line[1:].partition("]")
            sense = Sense(category, int(severity), label.strip())
            continue
        if sense is None:
            raise PatternError(f"{path.name}:{number}: a phrase before any [severity] heading; put one above it")
        try:
            for pattern in compile_patterns(line, classes):
                yield pattern, sense
        except PatternError as error:
            raise PatternError(f"{path.name}:{number}: {error}") from error
