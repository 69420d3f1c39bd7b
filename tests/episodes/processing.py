"""Engines that hear what a test says, and what they are asked to listen to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.enriching.results import ClipCandidate, Findings
from services.transcribing.results import Part, Segment, Word


@dataclass
class FakeEngine:
    """Hears a word in each piece; `heard` are the starts of the pieces. `before` is called with each of them."""

    name: str = "fake"
    word: str = "river"
    language: str = "en"
    heard: list[float] = field(default_factory=list)
    before: Callable[[float], None] = lambda _: None

    def transcribe(
        self,
        wav_path: Path,
        *,
        start_seconds: float,
        on_progress: Callable[[float], None],
        checkpoint: Callable[[], None],
    ) -> Part:
        assert wav_path.exists()
        self.before(start_seconds)
        checkpoint()
        on_progress(1.0)
        self.heard.append(start_seconds)
        word = Word(start_seconds, start_seconds + 0.5, self.word, 0.9)
        return Part(self.language, (Segment(word.start, word.end, self.word, (word,)),))


def findings(*bounds: tuple[float, float], title: str = "A passage") -> Findings:
    """That these passages are worth a clip, and nothing else."""
    clips = tuple(ClipCandidate(start, end, title, "It is said well.", 70) for start, end in bounds)
    return Findings(topics=(), key_sentences=(), chapters=(), speakers=(), clips=clips)
