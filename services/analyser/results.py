"""What an analysis says: the words of the trade, shared by every file of the package."""

from dataclasses import dataclass

CATEGORIES = ("profanity", "sexual", "violence", "drugs_alcohol", "hate", "self_harm")
RATINGS = ("everyone", "teen", "mature", "explicit", "unknown")


@dataclass(frozen=True, slots=True)
class Finding:
    """One concern at one place.

    `severity` is 1 to 3; `line` counts from 1 in the original text; `words` are at most 80 characters of it.
    """

    category: str
    severity: int
    line: int
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """The judgement of one song: `score` is 0 to 100, `language` is ISO 639-1 or "und"."""

    rating: str
    score: int
    summary: str
    language: str
    findings: tuple[Finding, ...]
    themes: tuple[str, ...]
    mood: str
