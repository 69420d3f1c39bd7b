"""The table that `make faults` prints, and whether it is good. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.faults.outcome import Outcome

HEAD = ("#", "fault", "tried", "lost", "doubled", "recovery s (bound)", "peer: lost/doubled/recovery s", "note")


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its outcome; `peer` is the other system's, None where it was not tried."""

    number: str
    fault: str
    outcome: Outcome
    bound_seconds: float | None = None
    peer: Outcome | None = None

    @property
    def faults(self) -> list[str]:
        return self.outcome.faults(self.bound_seconds)

    def cells(self) -> tuple[str, ...]:
        ours = self.outcome
        return (
            *(self.number, self.fault, str(ours.tried), str(ours.lost), str(ours.doubled)),
            *(_recovery(ours, self.bound_seconds), _peer(self.peer), ours.note),
        )


def render(lines: Sequence[Line]) -> str:
    """The table, and below it what was promised and not kept."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    breaches = [f"✗ {line.number} {line.fault}: {wrong}" for line in lines for wrong in line.faults]
    peers = [f"  peer {line.number}: {words}" for line in lines for words in _peer_words(line.peer)]
    return "\n".join([*table, *peers, *breaches, verdict(lines)])


def verdict(lines: Sequence[Line]) -> str:
    tried, lost, doubled = (sum(getattr(line.outcome, name) for line in lines) for name in ("tried", "lost", "doubled"))
    bad = sum(not is_good([line]) for line in lines)
    return f"{len(lines)} faults, {tried} tries: {lost} lost, {doubled} doubled, {bad} rows not as promised."


def is_good(lines: Iterable[Line]) -> bool:
    """Whether every promise of ours was kept; what the peer does is its own affair."""
    return not any(line.faults for line in lines)


def as_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [asdict(line) | {"faults": line.faults} for line in lines]


def _recovery(outcome: Outcome, bound_seconds: float | None) -> str:
    measured = "-" if outcome.gave_up_after_seconds is None else f"> {outcome.gave_up_after_seconds:.0f}"
    if outcome.recovery_seconds is not None:
        measured = f"{outcome.recovery_seconds:.1f}"
    return measured if bound_seconds is None else f"{measured} ({bound_seconds:g})"


def _peer(outcome: Outcome | None) -> str:
    return "" if outcome is None else f"{outcome.lost}/{outcome.doubled}/{_recovery(outcome, None)}"


def _peer_words(outcome: Outcome | None) -> list[str]:
    return [] if outcome is None else [words for words in (outcome.note, *outcome.breaches) if words]
