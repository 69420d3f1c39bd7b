"""A transcript as captions (SRT, WebVTT) and as plain text."""

import html
import textwrap
from collections.abc import Iterator, Sequence

import pysubs2

from services.transcribing.results import Segment, Word

LINE_CHARS, LINES = 42, 2  # what television allows, and people can read in time
LONGEST_SECONDS = 7.0
SHORTEST_SECONDS = 0.7  # a caption is not seen for less, unless the next one is due
PARAGRAPH_PAUSE_SECONDS = 2.0
PARAGRAPH_WORDS = 120


def as_srt(segments: Sequence[Segment]) -> str:
    """SubRip, in UTF-8."""
    return _written(segments, "srt")


def as_vtt(segments: Sequence[Segment]) -> str:
    """WebVTT, whose markup the words are safe from."""
    return _written(segments, "vtt")


def as_text(segments: Sequence[Segment]) -> str:
    """Paragraphs that end at a long pause or a change of speaker; a speaker's name stands before what they say."""
    return "".join(f"{paragraph}\n\n" for paragraph in _paragraphs(segments)).rstrip("\n") + "\n" if segments else ""


def timed_words(segment: Segment) -> Sequence[Word]:
    """The words of a segment with the punctuation of its text, where they are the same words."""
    written = segment.text.split()
    if len(written) == len(segment.words):
        return [Word(w.start, w.end, text, w.confidence) for w, text in zip(segment.words, written, strict=True)]
    return spread(segment.text, segment.start, segment.end) if not segment.words else segment.words


def spread(text: str, start: float, end: float, confidence: float | None = None) -> tuple[Word, ...]:
    """The words of a text that only has a start and an end, each as long as its share of the letters."""
    words = text.split()
    letters = sum(len(word) + 1 for word in words)
    found, before = [], 0
    for word in words:
        first, before = before, before + len(word) + 1
        span = end - start
        found.append(
            Word(round(start + span * first / letters, 3), round(start + span * before / letters, 3), word, confidence)
        )
    return tuple(found)


def _written(segments: Sequence[Segment], kind: str) -> str:
    document = pysubs2.SSAFile()
    cues = [cue for segment in segments for cue in _cues(timed_words(segment))]
    for place, words in enumerate(cues):
        due = cues[place + 1][0].start if place + 1 < len(cues) else words[-1].end + SHORTEST_SECONDS
        end = max(words[-1].end, min(words[0].start + SHORTEST_SECONDS, due))
        lines = "\\N".join(_safe(line, kind) for line in _lines(words))
        document.append(pysubs2.SSAEvent(start=round(words[0].start * 1000), end=round(end * 1000), text=lines))
    return document.to_string(kind)


def _cues(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words in groups that fit a caption; the end of a sentence closes one that is more than half full."""
    group: list[Word] = []
    for word in words:
        if group and (len(_lines([*group, word])) > LINES or word.end - group[0].start > LONGEST_SECONDS):
            yield group
            group = []
        group.append(word)
        if word.text.endswith((".", "?", "!", "…")) and len(_lines(group)) > LINES // 2:
            yield group
            group = []
    if group:
        yield group


def _lines(words: Sequence[Word]) -> list[str]:
    return textwrap.wrap(" ".join(word.text for word in words), LINE_CHARS, break_long_words=True)


def _safe(line: str, kind: str) -> str:
    """Without what pysubs2 takes for its own codes, and what a player takes for markup."""
    plain = line.replace("{", "(").replace("}", ")").replace("\\", "/")
    return html.escape(plain, quote=False) if kind == "vtt" else plain.replace("-->", "→").replace("<", "‹")


def _paragraphs(segments: Sequence[Segment]) -> Iterator[str]:
    group: list[Segment] = []
    for segment in segments:
        if group and _begins_paragraph(group, segment):
            yield _paragraph(group)
            group = []
        group.append(segment)
    if group:
        yield _paragraph(group)


def _begins_paragraph(group: Sequence[Segment], segment: Segment) -> bool:
    words = sum(len(one.text.split()) for one in group)
    pause = segment.start - group[-1].end
    return segment.speaker != group[-1].speaker or pause >= PARAGRAPH_PAUSE_SECONDS or words >= PARAGRAPH_WORDS


def _paragraph(group: Sequence[Segment]) -> str:
    said = " ".join(" ".join(segment.text.split()) for segment in group)
    return f"{group[0].speaker}: {said}" if group[0].speaker else said
