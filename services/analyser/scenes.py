"""Scenes: kinds of cue that within a few lines tell together what none of them tells alone.

`families.txt` has the kinds, `[name]` above the phrases of each. `scenes.txt` has what they tell: under
`[severity category] label` each line names the families needed, and with `!` those that make it innocent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.analyser.context import Evidence
from services.analyser.lexicon import EXCEPTION, FOLDER, Hit, Lexicon, Sense, content_lines, read_classes
from services.analyser.patterns import Pattern, PatternError, compile_patterns
from services.analyser.tokens import Token

REACH_LINES = 3

Lines = Sequence[Sequence[Token]]
Cues = Mapping[str, Mapping[int, Sequence["Cue"]]]
Places = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What families of cues tell: all of `needed`, and none of `barred`, close together."""

    sense: Sense
    needed: tuple[str, ...]
    barred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue in a line, and its words: the same words sung again are no second cue."""

    line: int
    first: int
    last: int
    words: tuple[str, ...]


def find_scenes(lines: Lines, hits: Sequence[Sequence[Hit]], languages: Sequence[str]) -> list[Evidence]:
    """Give the scenes told in the lines; a phrase that `hits` calls innocent is no cue."""
    innocent = _innocent_places(hits)
    found: list[Evidence] = []
    for language in languages:
        cues = _cues(lines, families(language))
        for scene in scenes(language):
            found.extend(_told(scene, cues, innocent))
    return found


@cache
def families(language: str) -> Lexicon:
    """Read the families of cues of a language; none where there is no file."""
    path = FOLDER / language / "families.txt"
    return Lexicon(list(_read_families(path)) if path.exists() else [])


@cache
def scenes(language: str) -> tuple[Scene, ...]:
    """Read the scenes of a language; none where there is no file."""
    path = FOLDER / language / "scenes.txt"
    return tuple(_read_scenes(path, family_names(language))) if path.exists() else ()


def family_names(language: str) -> frozenset[str]:
    """Name the families of cues of a language."""
    path = FOLDER / language / "families.txt"
    return frozenset(line.strip("[]") for _, line in content_lines(path) if line.startswith("["))


def _read_families(path: Path) -> Iterator[tuple[Pattern, Sense]]:
    classes = read_classes(path.parent / "classes.txt")
    family = ""
    for number, line in content_lines(path):
        if line.startswith("["):
            family = line.strip("[]")
            continue
        try:
            for pattern in compile_patterns(line, classes):
                yield pattern, Sense(family, 0, family)
        except PatternError as error:
            raise PatternError(f"{path.name}:{number}: {error}") from error


def _read_scenes(path: Path, names: frozenset[str]) -> Iterator[Scene]:
    sense = Sense("", 0, "")
    for number, line in content_lines(path):
        if line.startswith("["):
            kind, _, label = line[1:].partition("]")
            severity, _, category = kind.partition(" ")
            sense = Sense(category, int(severity), label.strip())
            continue
        words = line.split()
        unknown = {word.removeprefix("!") for word in words} - names
        if unknown:
            raise PatternError(
                f"{path.name}:{number}: no family {sorted(unknown)} in families.txt; add it or mend the name"
            )
        barred = tuple(word[1:] for word in words if word.startswith("!"))
        yield Scene(sense, tuple(word for word in words if not word.startswith("!")), barred)


def _innocent_places(hits: Sequence[Sequence[Hit]]) -> Places:
    return frozenset(
        (hit.sense.category, line, token)
        for line, of_line in enumerate(hits)
        for hit in of_line
        if hit.sense.severity == EXCEPTION
        for token in range(hit.first, hit.last + 1)
    )


def _cues(lines: Lines, lexicon: Lexicon) -> Cues:
    """Give the cues by family and line."""
    cues: dict[str, dict[int, list[Cue]]] = {}
    for number, (tokens, hits) in enumerate(zip(lines, lexicon.find_all(lines), strict=True)):
        for hit in hits:
            words = tuple(token.text for token in tokens[hit.first : hit.last + 1])
            cue = Cue(number, hit.first, hit.last, words)
            cues.setdefault(hit.sense.category, {}).setdefault(number, []).append(cue)
    return cues


def _told(scene: Scene, cues: Cues, innocent: Places) -> Iterator[Evidence]:
    """Look around each line of the rarest family; a scene told is not told again within its reach."""
    if any(family not in cues for family in scene.needed):
        return
    told_until = -1
    for line in min((cues[family] for family in scene.needed), key=len):
        chosen = _choose(scene, line, cues, innocent) if line > told_until else []
        if chosen:
            yield _as_evidence(scene.sense, line, chosen)
            told_until = line + REACH_LINES


def _choose(scene: Scene, line: int, cues: Cues, innocent: Places) -> list[Cue]:
    """Choose different words for every family needed around a line; none where one is wanting or another bars."""
    around = range(line - REACH_LINES, line + REACH_LINES + 1)
    if any(near in cues.get(family, ()) for family in scene.barred for near in around):
        return []
    chosen: list[Cue] = []
    for family in dict.fromkeys(scene.needed):
        before, wanted = len(chosen), scene.needed.count(family)
        for cue in (cue for near in around for cue in cues[family].get(near, ())):
            if len(chosen) < before + wanted and _counts(scene, cue, chosen, innocent):
                chosen.append(cue)
        if len(chosen) < before + wanted:
            return []
    return chosen


def _counts(scene: Scene, cue: Cue, chosen: Sequence[Cue], innocent: Places) -> bool:
    """Say whether a cue is not innocent, shares no word with those chosen, and says something else."""
    if any((scene.sense.category, cue.line, token) in innocent for token in range(cue.first, cue.last + 1)):
        return False
    return not any(used.words == cue.words or _overlap(used, cue) for used in chosen)


def _overlap(one: Cue, other: Cue) -> bool:
    return one.line == other.line and one.first <= other.last and other.first <= one.last


def _as_evidence(sense: Sense, line: int, chosen: Sequence[Cue]) -> Evidence:
    """Place a scene on its line, or where its first cue stands, over the cues there."""
    at = line if any(cue.line == line for cue in chosen) else chosen[0].line
    here = [cue for cue in chosen if cue.line == at]
    return Evidence(sense, at, min(cue.first for cue in here), max(cue.last for cue in here))
