"""What the surroundings make of a phrase: figures of speech, negation, prayer, and cues that add up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.analyser.lexicon import EXCEPTION, WEAK_CUE, Hit, Sense
from services.analyser.register import excuses
from services.analyser.tokens import Token
from services.analyser.wordlists import word_lists

CUE_REACH_LINES = 3
CUES_NEEDED_IN_LINE = 2
CUES_NEEDED_AROUND = 4
NEGATION_REACH_WORDS = 3

_NEGATABLE = frozenset(("violence", "drugs_alcohol", "sexual"))

Lines = Sequence[Sequence[Token]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A phrase that counts: its sense, its line (from 0), its first and last token."""

    sense: Sense
    line: int
    first: int
    last: int


def weigh(lines: Lines, hits: Sequence[Sequence[Hit]], scenes: Sequence[Evidence] = ()) -> list[Evidence]:
    """Judge the phrases of every line, and the scenes told over some, by what stands around them."""
    phrases = [evidence for line, of_line in enumerate(hits) for evidence in _of_line(line, lines[line], of_line)]
    excused = excuses(lines)
    plain = _without_excused(phrases, excused)
    news = _news(_without_excused(scenes, excused), plain)
    return _add_up_cues(_without_self_harm_twice([*plain, *news]), lines)


def _news(scenes: list[Evidence], plain: Iterable[Evidence]) -> list[Evidence]:
    """Keep the scenes of which no plain phrase nearby has told as much; what one does to oneself is no violence."""
    known: dict[tuple[str, int], int] = {}
    for item in plain:
        for line in range(item.line - CUE_REACH_LINES, item.line + CUE_REACH_LINES + 1):
            place = (item.sense.category, line)
            known[place] = max(known.get(place, WEAK_CUE), item.sense.severity)
    return [item for item in scenes if not _is_known(item, known)]


def _is_known(scene: Evidence, known: Mapping[tuple[str, int], int]) -> bool:
    own = scene.sense.category == "violence" and known.get(("self_harm", scene.line), WEAK_CUE) > 1
    return own or known.get((scene.sense.category, scene.line), WEAK_CUE) > WEAK_CUE


def _of_line(line: int, tokens: Sequence[Token], hits: Iterable[Hit]) -> list[Evidence]:
    hits = list(hits)
    innocent = {place for hit in hits if hit.sense.severity == EXCEPTION for place in _places(hit)}
    return [
        Evidence(_negated(hit, tokens), line, hit.first, hit.last)
        for hit in hits
        if hit.sense.severity != EXCEPTION and innocent.isdisjoint(_places(hit))
    ]


def _places(hit: Hit) -> list[tuple[str, int]]:
    return [(hit.sense.category, token) for token in range(hit.first, hit.last + 1)]


def _negated(hit: Hit, tokens: Sequence[Token]) -> Sense:
    """Lower the severity of what is said not to be; "can't stop drinking" denies nothing."""
    if hit.sense.category not in _NEGATABLE or hit.sense.severity <= WEAK_CUE:
        return hit.sense
    before = [token.text for token in tokens[max(0, hit.first - NEGATION_REACH_WORDS) : hit.first]]
    registers = word_lists("registers")
    if registers["negation"].isdisjoint(before) or not registers["affirmation"].isdisjoint(before):
        return hit.sense
    return replace(hit.sense, severity=hit.sense.severity - 1)


def _without_excused(found: Iterable[Evidence], excused: Sequence[Mapping[str, int]]) -> list[Evidence]:
    return [item for item in found if item.sense.severity > excused[item.line].get(item.sense.category, -1)]


def _without_self_harm_twice(found: list[Evidence]) -> list[Evidence]:
    """Leave out violence where the harm is done to oneself."""
    own = {item.line for item in found if item.sense.category == "self_harm" and item.sense.severity > 1}
    return [item for item in found if item.sense.category != "violence" or item.line not in own]


def _add_up_cues(found: list[Evidence], lines: Lines) -> list[Evidence]:
    """Make weak cues of one line a finding of severity 1, where enough different ones stand around it."""
    kept = [item for item in found if item.sense.severity > WEAK_CUE]
    cues: dict[tuple[str, int], list[Evidence]] = {}
    for item in found:
        if item.sense.severity == WEAK_CUE:
            cues.setdefault((item.sense.category, item.line), []).append(item)
    words = _words_of(found, lines)
    for (category, line), of_line in cues.items():
        around = _words_around(words, category, line)
        if len(of_line) >= CUES_NEEDED_IN_LINE and len(around) >= CUES_NEEDED_AROUND:
            kept.append(_joined(of_line))
    return kept


def _joined(cues: Sequence[Evidence]) -> Evidence:
    sense = replace(cues[0].sense, severity=1)
    return Evidence(sense, cues[0].line, min(cue.first for cue in cues), max(cue.last for cue in cues))


def _words_of(found: Iterable[Evidence], lines: Lines) -> dict[tuple[str, int], set[str]]:
    words: dict[tuple[str, int], set[str]] = {}
    for item in found:
        texts = (token.text for token in lines[item.line][item.first : item.last + 1])
        words.setdefault((item.sense.category, item.line), set()).update(texts)
    return words


def _words_around(words: dict[tuple[str, int], set[str]], category: str, line: int) -> set[str]:
    reach = range(line - CUE_REACH_LINES, line + CUE_REACH_LINES + 1)
    return set().union(*(words.get((category, near), ()) for near in reach))
