"""The seam at which another analyser can take this one's place."""

from typing import Protocol

from services.analyser.results import Analysis


class Analyser(Protocol):
    """What the rest of Backbeat uses of a module that judges lyrics."""

    VERSION: str
    CATEGORIES: tuple[str, ...]
    RATINGS: tuple[str, ...]

    def load(self) -> None:
        """Read models and lexicons, once, before workers fork."""

    def analyse(self, lyrics: str) -> Analysis:
        """Judge lyrics: pure, deterministic, thread-safe, any text."""
