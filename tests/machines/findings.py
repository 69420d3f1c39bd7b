"""What a story has measured, and the table of them all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("#", "story", "songs", "lost", "doubled", "longest gap s", "recovered s (bound)", "note")


@dataclass(frozen=True, slots=True)
class Findings:
    """`longest_gap_seconds`: without a good answer to who watched; `recovery_seconds`: from the fault to all well."""

    songs: int
    lost: int
    doubled: int
    longest_gap_seconds: float
    recovery_seconds: float | None = None
    breaches: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    number: str
    story: str
    bound_seconds: float | None
    findings: Findings

    @property
    def wrong(self) -> list[str]:
        """What was promised and not kept, in words."""
        found = self.findings
        wrong = [f"{found.lost} lost"] * bool(found.lost) + [f"{found.doubled} doubled"] * bool(found.doubled)
        wrong += found.breaches
        if found.songs < 1:
            wrong.append("nothing was tried")
        if self.bound_seconds is not None and found.recovery_seconds is None:
            wrong.append("no recovery was measured")
        if self.bound_seconds is not None and (found.recovery_seconds or 0.0) > self.bound_seconds:
            wrong.append(f"recovered in {found.recovery_seconds:.1f} s, allowed are {self.bound_seconds:g} s")
        return wrong

    def cells(self) -> tuple[str, ...]:
        found = self.findings
        return (
            *(self.number, self.story, str(found.songs), str(found.lost), str(found.doubled)),
            *(f"{found.longest_gap_seconds:.1f}", self._recovery(), found.note),
        )

    def _recovery(self) -> str:
        if self.findings.recovery_seconds is None:
            return "-"
        bound = "" if self.bound_seconds is None else f" ({self.bound_seconds:g})"
        return f"{self.findings.recovery_seconds:.1f}{bound}"


def render(lines: Sequence[Line]) -> str:
    """The table, and below it what was promised and not kept."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    wrong = [f"✗ {line.number} {line.story}: {words}" for line in lines for words in line.wrong]
    bad = sum(bool(line.wrong) for line in lines)
    return "\n".join([*table, *wrong, f"{len(lines)} stories: {bad} not as promised."])
