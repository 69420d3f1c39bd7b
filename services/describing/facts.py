"""What is known of a piece of footage before it is described, and what is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.transcribing.results import Segment

MAX_TITLE_CHARS, MAX_DESCRIPTION_CHARS, MAX_TAG_CHARS = 120, 2000, 40
MOST_TAGS = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame. `told` is a caption by somebody who understands pictures, empty where that was only measured; `read` are
    the lines that stand in the picture; `colours` are names and shares."""

    at_seconds: float
    told: str = ""
    read: tuple[str, ...] = ()
    colours: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """`title`, `description` and `keywords` are what people, or a page that they named, say; empty where that is
    nothing worth keeping."""

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    duration_seconds: float | None = None
    moments: tuple[Moment, ...] = ()
    speech: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """In plain text. Tags are in lower case, each once, the foremost first."""

    title: str
    description: str
    tags: tuple[str, ...]


class Describer(Protocol):
    """A way to describe; `name` has its model in it, and at most 120 characters."""

    @property
    def name(self) -> str: ...

    def describe(self, facts: Facts) -> Description:
        """:raise TransientError: if it is worth another try later."""


def tidy_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """At most `MOST_TAGS` of them, as `Description` has them."""
    tidied = (" ".join(tag.lower().split()).strip(" #.,;:") for tag in tags)
    return tuple(dict.fromkeys(tag for tag in tidied if tag and len(tag) <= MAX_TAG_CHARS))[:MOST_TAGS]


def shortened(text: str, max_chars: int) -> str:
    """One line, cut between words where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else f"{line[: max_chars - 1].rsplit(' ', 1)[0].rstrip(',;:')}…"
