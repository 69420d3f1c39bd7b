"""What an engine has heard. Instants are seconds from the start of the recording."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and how sure the engine is of it, from 0 to 1."""

    start: float
    end: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Something said in one go: a sentence, or what is between two pauses."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was heard in one piece; `language` is None where it could not be told."""

    language: str | None
    segments: tuple[Segment, ...]
