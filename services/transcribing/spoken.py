"""What Whisper and its kin send, as segments of ours: text with punctuation, and words with or without times."""

import math
from collections.abc import Sequence

from services.transcribing.formats import spread
from services.transcribing.results import Segment, Word

# Whisper's own rule for what it made up in silence.
NO_SPEECH, UNSURE_LOGPROB = 0.6, -1.0


def is_made_up(no_speech_prob: float | None, avg_logprob: float | None) -> bool:
    """Whether a segment is more likely silence than what it says."""
    return (no_speech_prob or 0.0) > NO_SPEECH and (avg_logprob or 0.0) < UNSURE_LOGPROB


def confidence_of(avg_logprob: float | None) -> float | None:
    """From 0 to 1, of the mean logarithm of the probability of a segment's tokens."""
    return None if avg_logprob is None else round(min(1.0, math.exp(avg_logprob)), 3)


def segment_of(
    text: str, start: float, end: float, words: Sequence[Word], confidence: float | None, speaker: str | None = None
) -> Segment | None:
    """None of a text without words. Words without times share the segment's; all stay within it and in order."""
    said = " ".join(text.split())
    if not said:
        return None
    end = max(end, start + 0.01)
    timed = tuple(words) or spread(said, start, end, confidence)
    return Segment(round(start, 3), round(end, 3), said, timed, speaker)


def words_within(words: Sequence[Word], start: float, end: float) -> list[Word]:
    """Those whose middle is in a segment."""
    return [word for word in words if start <= (word.start + word.end) / 2 < end]
