"""A transcript as people read it: passages of a few sentences, each word with the instant at which it is spoken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ENOUGH_WORDS = 60
MOST_WORDS = 90  # where no sentence ends
ENDS = (".", "?", "!", "…", '."', ".”", "?”", "!”")
LONG_PAUSE_SECONDS = 2.0

Segment = Mapping[str, Any]  # as in `models.Transcript`


@dataclass(slots=True)
class Passage:
    """Some segments as one paragraph; `starts` are of the words of `text`, which blanks part. Instants are seconds.

    `chapter` is the title of the chapter that begins with it.
    """

    start: float
    end: float
    speaker: str | None = None
    chapter: str | None = None
    texts: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def word_offsets(self) -> str:
        """When each word begins, in hundredths of a second from the passage's start, for an attribute of markup."""
        return " ".join(str(max(0, round((start - self.start) * 100))) for start in self.starts)

    def add(self, segment: Segment) -> None:
        words = str(segment["text"]).split()
        self.texts.append(" ".join(words))
        self.starts.extend(word_starts(segment, len(words)))
        self.end = float(segment["end"])


def passages(segments: Sequence[Segment], chapters: Sequence[Mapping[str, Any]] = ()) -> list[Passage]:
    """Segments put together until there are enough words, somebody else speaks, it is silent, or a chapter begins."""
    made: list[Passage] = []
    titles = _titles(segments, chapters)
    for place, segment in enumerate(segments):
        if not str(segment["text"]).strip():
            continue
        title = titles.get(place)
        if not made or title is not None or _parts(made[-1], segment):
            made.append(Passage(float(segment["start"]), float(segment["end"]), segment.get("speaker"), title))
        made[-1].add(segment)
    return made


def word_starts(segment: Segment, count: int) -> Iterator[float]:
    """When each of `count` words is spoken: as the engine heard it, and by their share where it heard other words."""
    heard = [float(word["start"]) for word in segment.get("words") or ()]
    start, length = float(segment["start"]), float(segment["end"]) - float(segment["start"])
    for place in range(count):
        yield heard[place * len(heard) // count] if heard else start + length * place / count


def _parts(passage: Passage, segment: Segment) -> bool:
    """Whether a segment is no part of the passage before it."""
    return (
        len(passage.starts) >= (ENOUGH_WORDS if passage.texts[-1].endswith(ENDS) else MOST_WORDS)
        or passage.speaker != segment.get("speaker")
        or float(segment["start"]) - passage.end > LONG_PAUSE_SECONDS
    )


def _titles(segments: Sequence[Segment], chapters: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """The chapters' titles by the place of the first segment that has words and is mostly in them."""
    middles = [
        (place, (float(segment["start"]) + float(segment["end"])) / 2)
        for place, segment in enumerate(segments)
        if str(segment["text"]).strip()
    ]
    titles: dict[int, str] = {}
    for chapter in chapters:
        first = next((place for place, middle in middles if middle >= float(chapter["start"])), None)
        if first is not None:
            titles[first] = str(chapter["title"])
    return titles
