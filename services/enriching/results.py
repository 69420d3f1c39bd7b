"""What is found in a transcript. Instants are seconds from the start of the recording."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What is spoken of; `weight` is 1 for the foremost one, `mentions` are when sentences begin that name it."""

    name: str
    weight: float
    mentions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class KeySentence:
    """A sentence that stands for many; `score` runs from 0 to 1."""

    start: float
    end: float
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Chapter:
    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody whom the engine can tell from others, and how long they speak."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ClipCandidate:
    """A passage that is worth cutting out; `score` runs from 0 to 100, `reason` is a sentence."""

    start: float
    end: float
    title: str
    reason: str
    score: int


@dataclass(frozen=True, slots=True)
class Findings:
    """All of it. Key sentences, chapters and clips are in the order in which they are spoken."""

    topics: tuple[Topic, ...]
    key_sentences: tuple[KeySentence, ...]
    chapters: tuple[Chapter, ...]
    speakers: tuple[Speaker, ...]
    clips: tuple[ClipCandidate, ...]
