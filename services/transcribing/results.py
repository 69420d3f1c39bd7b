"""What an engine heard: words within segments within the parts of a recording. Instants are seconds from its start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """`confidence` runs from 0 to 1; None where the engine does not say."""

    start: float
    end: float
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """What was said in one breath, or one sentence; `text` may have punctuation that `words` lack."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was heard in one piece. `language` is an ISO 639-1 code; `language.UNDETERMINED` where speech was not
    understood, None where there was none."""

    language: str | None
    segments: tuple[Segment, ...]
