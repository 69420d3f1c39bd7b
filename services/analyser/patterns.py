"""Phrase patterns over tokens: a small language, compiled once, matched in bounded work for each token.

kill            the word                    kill~     any form of the verb
gun+            singular or plural          a|b|c     any of them
<people>        a class of classes.txt      ?the|a    may be absent
strip-club      two words, hyphen or not    ..  ...   up to two words, up to four
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from services.analyser.inflect import noun_forms, verb_forms
from services.analyser.normalise import fold_word
from services.analyser.tokens import Token

_GAPS = {"..": 2, "...": 4}
# Words in most lines of any song: a phrase is sought by another of its words, where it has one.
_COMMON = (
    "a all am an and any are as at back be been but by can can't come could day did do don't down every for from "
    "get go gone got had hand hands has have he he's head heart her here hers him his home i i'd i'll i'm i've if "
    "in into is it it's just keep know last left let like little made make me mine more my never night no nobody "
    "not now of off old on one only or our out over said say see she she's so some song still take tell than that "
    "that's the their them then there they they'd they're they'll this those till time to up upon us was we we're "
    "went were what when where who will with won't would you you'll you're you've your "
)
_IN_EVERY_SONG = frozenset(_COMMON.split())


class PatternError(ValueError):
    """A line of a lexicon that cannot be read."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: a set of words, or a gap of up to `gap` words."""

    words: frozenset[str] = frozenset()
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase, to be tried wherever a word of its anchor stands."""

    anchor: frozenset[str]
    before: tuple[Element, ...]
    after: tuple[Element, ...]

    def match(self, tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
        """Give the first and last token of the phrase anchored at this token."""
        if not self.before and not self.after:
            return at, at
        last = _extend(self.after, tokens, at, 1)
        first = None if last is None else _extend(self.before, tokens, at, -1)
        return None if first is None or last is None else (first, last)


def compile_patterns(source: str, classes: Mapping[str, frozenset[str]]) -> Iterator[Pattern]:
    """Compile a line of a lexicon, one pattern for each way to split its hyphens; raises PatternError."""
    for choice in product(*(_alternatives(part, classes) for part in source.split())):
        yield _pattern(source, [element for elements in choice for element in elements])


def parse_words(source: str, classes: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Expand `kill~|gun+|<people>` to all its words."""
    words: set[str] = set()
    for part in source.split("|"):
        words |= _expand(part, classes)
    return frozenset(words)


def _pattern(source: str, elements: list[Element]) -> Pattern:
    solid = [i for i, element in enumerate(elements) if element.words and not element.optional]
    if not solid:
        raise PatternError(f"pattern {source!r} has no word to look for; give it at least one that is not optional")
    at = min(solid, key=lambda i: _commonness(elements[i].words))
    return Pattern(elements[at].words, tuple(reversed(elements[:at])), tuple(elements[at + 1 :]))


def _commonness(words: frozenset[str]) -> tuple[int, float, float, int]:
    """Rank a set by how often it may occur: the words of every song, then the shortest words are the most frequent."""
    lengths = [len(word) for word in words]
    return (
        len(words & _IN_EVERY_SONG),
        sum(length <= 3 for length in lengths) / len(words),
        sum(length == 4 for length in lengths) / len(words),
        len(words),
    )


def _alternatives(part: str, classes: Mapping[str, frozenset[str]]) -> list[tuple[Element, ...]]:
    """Give what may stand in one place: a word of a set, or the words of a hyphenated term in turn."""
    if part in _GAPS:
        return [(Element(gap=_GAPS[part]),)]
    optional = part.startswith("?")
    words = parse_words(part.removeprefix("?"), classes)
    single = frozenset(word for word in words if "-" not in word)
    terms = [] if optional else sorted(words - single)
    found = [tuple(Element(words=frozenset((word,))) for word in term.split("-")) for term in terms]
    return [(Element(words=single, optional=optional),), *found] if single else found


def _expand(part: str, classes: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if part.startswith("<"):
        if part.strip("<>") not in classes:
            raise PatternError(f"unknown class {part}; classes.txt has {', '.join(sorted(classes))}")
        return classes[part.strip("<>")]
    word = fold_word(part.rstrip("~+"))
    if not word:
        raise PatternError(f"empty word in {part!r}; write a word, or drop the bar")
    if part.endswith("~"):
        return verb_forms(word)
    return noun_forms(word) if part.endswith("+") else frozenset((word,))


def _extend(elements: tuple[Element, ...], tokens: Sequence[Token], at: int, step: int) -> int | None:
    """Walk from a matched token over the elements beside it; give the last token reached."""
    if not elements:
        return at
    element, rest = elements[0], elements[1:]
    if element.gap:
        return _extend_gap(element.gap, rest, tokens, at, step)
    following = at + step
    if 0 <= following < len(tokens) and not element.words.isdisjoint(tokens[following].keys):
        reached = _extend(rest, tokens, following, step)
        if reached is not None:
            return reached
    return _extend(rest, tokens, at, step) if element.optional else None


def _extend_gap(gap: int, rest: tuple[Element, ...], tokens: Sequence[Token], at: int, step: int) -> int | None:
    for skipped in range(gap + 1):
        reached = _extend(rest, tokens, at + step * skipped, step)
        if reached is not None:
            return reached
    return None
