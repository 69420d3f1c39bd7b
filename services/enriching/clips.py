"""Which passages are worth cutting out: whole sentences of 15 to 60 seconds that say much and begin and end well."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.enriching.ranking import Vector
from services.enriching.results import ClipCandidate
from services.enriching.sentences import Sentence

SHORTEST_SECONDS, LONGEST_SECONDS, BEST_SECONDS = 15.0, 60.0, 30.0
SECONDS_A_CLIP = 120.0  # one clip for so much of a recording
FEWEST, MOST = 3, 20
LEAD_SECONDS, TAIL_SECONDS = 0.25, 0.4  # of quiet around the words
NEAR_SECONDS = 0.6  # a silence or a change of scene this near to an edge is at it
PAUSE_SECONDS = 0.5
BRISK_WORDS_A_SECOND = 2.5
TITLE_CHARS = 80
WEIGHTS = {"content": 50.0, "opening": 12.0, "closing": 12.0, "length": 11.0, "density": 10.0, "scene": 5.0}

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Material:
    """All that is known of a recording, in the order of time. `ranks` are of the sentences, from 0 to 1."""

    sentences: Sequence[Sentence]
    ranks: Vector
    duration_seconds: float
    silences: Sequence[Span]
    scenes: Sequence[float]


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences from `first` to `last`, and how good each side of it is, from 0 to 1."""

    first: int
    last: int
    start: float
    end: float
    merits: dict[str, float]

    @property
    def score(self) -> float:
        return sum(WEIGHTS[name] * merit for name, merit in self.merits.items())


def clips_of(material: Material) -> tuple[ClipCandidate, ...]:
    """The best passages that do not overlap, in order; where none is long enough, one from the first words on."""
    passages = sorted(_passages(material), key=lambda passage: (-passage.score, passage.start))
    wanted = min(MOST, max(FEWEST, math.ceil(material.duration_seconds / SECONDS_A_CLIP)))
    chosen: list[Passage] = []
    for passage in passages:
        if len(chosen) == wanted:
            break
        if all(passage.end <= other.start or passage.start >= other.end for other in chosen):
            chosen.append(passage)
    return tuple(_candidate(material, passage) for passage in sorted(chosen, key=lambda passage: passage.start))


def _passages(material: Material) -> Iterator[Passage]:
    judge = _Judge(material)
    sentences = material.sentences
    found = False
    for first in range(len(sentences)):
        for last in range(first, len(sentences)):
            seconds = sentences[last].end - sentences[first].start
            if seconds > LONGEST_SECONDS:
                break
            if seconds >= SHORTEST_SECONDS:
                found = True
                yield judge.passage(first, last)
    if sentences and not found:
        yield judge.passage(0, _last_within(sentences, LONGEST_SECONDS))


def _last_within(sentences: Sequence[Sentence], seconds: float) -> int:
    """The last sentence that ends so soon after the first one begins, or the first one itself."""
    ends = (place for place, sentence in enumerate(sentences) if sentence.end - sentences[0].start <= seconds)
    return max(ends, default=0)


class _Judge:
    """Judges any passage in a moment, by sums over all sentences before each."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._ranks = [0.0, *accumulate(float(rank) for rank in material.ranks)]
        self._words = [0, *accumulate(sentence.word_count for sentence in material.sentences)]
        self._highest = max(self._ranks[-1] / max(len(material.sentences), 1) * 2, 1e-9)
        self._silence_starts = [start for start, _ in material.silences]
        self._silence_ends = [end for _, end in material.silences]

    def passage(self, first: int, last: int) -> Passage:
        start, end = self._edges(first, last)
        sentences = self._material.sentences
        seconds = max(sentences[last].end - sentences[first].start, 0.1)
        mean_rank = (self._ranks[last + 1] - self._ranks[first]) / (last + 1 - first)
        words = self._words[last + 1] - self._words[first]
        merits = {
            "content": min(1.0, mean_rank / self._highest),
            "opening": self._opening(first),
            "closing": self._closing(last),
            "length": max(0.0, 1 - abs(seconds - BEST_SECONDS) / BEST_SECONDS),
            "density": min(1.0, words / seconds / BRISK_WORDS_A_SECOND),
            "scene": float(self._scene_near(start)),
        }
        return Passage(first, last, start, end, merits)

    def _edges(self, first: int, last: int) -> Span:
        """A little quiet around the words, no word of others; from a cut on, if the picture has one there."""
        sentences = self._material.sentences
        said_before = sentences[first - 1].end if first else 0.0
        said_after = sentences[last + 1].start if last + 1 < len(sentences) else self._material.duration_seconds
        start = max(said_before, sentences[first].start - LEAD_SECONDS, 0.0)
        cut = self._cut_between(max(said_before, sentences[first].start - NEAR_SECONDS), sentences[first].start)
        end = max(min(sentences[last].end + TAIL_SECONDS, said_after), sentences[last].end)
        end = min(end, start + LONGEST_SECONDS, self._material.duration_seconds)
        return round(start if cut is None else cut, 3), round(end, 3)

    def _cut_between(self, earliest: float, latest: float) -> float | None:
        scenes = self._material.scenes
        place = bisect_right(scenes, latest) - 1
        return scenes[place] if place >= 0 and scenes[place] >= earliest else None

    def _scene_near(self, start: float) -> bool:
        return self._cut_between(start - NEAR_SECONDS, start + NEAR_SECONDS) is not None

    def _opening(self, first: int) -> float:
        sentences = self._material.sentences
        pause = first == 0 or sentences[first].start - sentences[first - 1].end >= PAUSE_SECONDS
        return float(pause or _near(self._silence_ends, sentences[first].start))

    def _closing(self, last: int) -> float:
        sentences = self._material.sentences
        pause = last + 1 == len(sentences) or sentences[last + 1].start - sentences[last].end >= PAUSE_SECONDS
        return float(pause or _near(self._silence_starts, sentences[last].end))


def _near(instants: Sequence[float], instant: float) -> bool:
    place = bisect_left(instants, instant - NEAR_SECONDS)
    return place < len(instants) and instants[place] <= instant + NEAR_SECONDS


def _candidate(material: Material, passage: Passage) -> ClipCandidate:
    return ClipCandidate(
        passage.start,
        passage.end,
        _title(material, passage),
        _reason(material, passage),
        max(1, min(100, round(passage.score))),
    )


def _title(material: Material, passage: Passage) -> str:
    """The sentence of the passage that says most."""
    places = range(passage.first, passage.last + 1)
    best = max(places, key=lambda place: (float(material.ranks[place]), -place))
    text = material.sentences[best].text.strip()
    short = text if len(text) <= TITLE_CHARS else text[: TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return short[:1].upper() + short[1:]


def _reason(material: Material, passage: Passage) -> str:
    """One sentence that names what spoke for the passage."""
    merits = passage.merits
    said = ["Says much of what the recording is about" if merits["content"] >= 0.6 else "Makes sense by itself"]
    if merits["opening"] and merits["closing"]:
        said.append("begins after a pause and ends before one")
    elif merits["opening"] or merits["closing"]:
        said.append("begins after a pause" if merits["opening"] else "ends before a pause")
    if merits["scene"]:
        said.append("opens where the picture changes")
    inside = bisect_left(material.scenes, passage.end) - bisect_right(material.scenes, passage.start)
    if inside > 0:
        said.append(f"has {inside} change{'s' if inside > 1 else ''} of scene")
    if merits["density"] >= 1:
        said.append("is spoken briskly")
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said) + "."
