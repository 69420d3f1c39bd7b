"""One message out of all that an address is owed. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from services.notices.events import EVENTS, worst_kind

SHOWN = 20
# Four messages where a service takes 1,000 characters: those are sent 5.5 s apart, and all within 30 s.
LINES_MAX_CHARS = 3000


class Owed(Protocol):
    """A row of the outbox."""

    event: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is Apprise's: info, success, warning or failure."""

    title: str
    body: str
    kind: str


def compose(notices: Sequence[Owed], base_url: str) -> Message:
    """Each notice is a sentence and a link; of many, the first are told, and how many more there are."""
    told = [f"{notice.text} {base_url}{notice.path}" for notice in notices[:SHOWN]]
    fitting = sum(length <= LINES_MAX_CHARS for length in accumulate(len(line) + 1 for line in told))
    lines = told[: max(1, fitting)]
    if len(notices) > len(lines):
        lines.append(f"And {len(notices) - len(lines):,} more: {base_url}/")
    return Message(_title(notices), "\n".join(lines), worst_kind({notice.event for notice in notices}))


def _title(notices: Sequence[Owed]) -> str:
    if len(notices) == 1:
        return f"Backbeat: {EVENTS[notices[0].event].one}"
    counts = Counter(notice.event for notice in notices)
    return "Backbeat: " + ", ".join(_counted(counts[name], name) for name in EVENTS if counts[name])


def _counted(number: int, event: str) -> str:
    one, many = EVENTS[event].counted
    return f"{number:,} {one if number == 1 else many}"
