"""What is on screen when: words gathered into captions that can be read at a glance."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.transcribing.results import Segment, Word

# A pause that ends a caption, and how long one stays after its last word when nothing follows.
PAUSE_SECONDS = 0.7
LINGER_SECONDS = 0.4
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")
# Scripts that put no space between words.
UNSPACED = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that are shown together; seconds from the start of the clip."""

    start: float
    end: float
    words: tuple[Word, ...]


def captions(segments: Iterable[Segment], *, start: float, end: float, longest: int) -> list[Caption]:
    """The captions of a passage, each of at most `longest` letters if its words allow it."""
    words = [_moved(word, start, end) for word in timed_words(segments) if word.end > start and word.start < end]
    groups = list(_grouped(words, longest))
    following = [*(group[0].start for group in groups[1:]), end - start]
    return [
        Caption(group[0].start, max(group[-1].end, min(group[-1].end + LINGER_SECONDS, then)), tuple(group))
        for group, then in zip(groups, following, strict=False)
    ]


def timed_words(segments: Iterable[Segment]) -> Iterator[Word]:
    """Every word with a time; where an engine told none, a segment's time is shared out by length."""
    for segment in segments:
        yield from segment.words or _shared_out(segment)


def separator(before: str, after: str) -> str:
    """What stands between two words."""
    touching = before[-1:], after[:1]
    return "" if all(unicodedata.name(one, "").startswith(UNSPACED) for one in touching) else " "


def _shared_out(segment: Segment) -> Iterator[Word]:
    texts = segment.text.split()
    per_letter = (segment.end - segment.start) / max(sum(map(len, texts)), 1)
    start = segment.start
    for text in texts:
        yield Word(start=start, end=start + len(text) * per_letter, text=text, confidence=1.0)
        start += len(text) * per_letter


def _moved(word: Word, start: float, end: float) -> Word:
    text = " ".join(word.text.split())
    return Word(max(word.start, start) - start, min(word.end, end) - start, text, word.confidence)


def _grouped(words: Sequence[Word], longest: int) -> Iterator[list[Word]]:
    group: list[Word] = []
    for word in words:
        if group and _breaks(group, word, longest):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _breaks(group: Sequence[Word], word: Word, longest: int) -> bool:
    letters = sum(len(one.text) + 1 for one in group) + len(word.text)
    is_pause = word.start - group[-1].end > PAUSE_SECONDS
    return is_pause or letters > longest or group[-1].text.endswith(SENTENCE_ENDS)
