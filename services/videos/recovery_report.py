"""What a look for stuck videos found, and what became of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.videos.candidates import Candidate

TRIGGERED, SKIPPED, FAILED = "triggered", "skipped", "failed"
OUTCOMES = (TRIGGERED, SKIPPED, FAILED)


@dataclass(frozen=True, slots=True)
class Line:
    """One video. `reason` is why it was skipped (`stuck.IN_WORDS`), or what was in the way; `job_id` is its run's.

    In a dry run `triggered` means that it would be, and has no job.
    """

    video_id: str
    name: str
    status: str
    tenant_id: str
    created_at: float
    age_seconds: float
    outcome: str
    reason: str = ""
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All of one look. `run_id` is that of its row, which a dry one has not.

    `is_cut`: it has started as many as one run may, or shown as many as a page does, and looked no further.
    """

    run_id: str
    lines: Sequence[Line]
    is_cut: bool = False

    @property
    def found(self) -> int:
        return len(self.lines)

    @property
    def triggered(self) -> int:
        return self._count(TRIGGERED)

    @property
    def skipped(self) -> int:
        return self._count(SKIPPED)

    @property
    def failed(self) -> int:
        return self._count(FAILED)

    def _count(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)


def line_of(seen: Candidate, outcome: str, reason: str = "", job_id: str | None = None) -> Line:
    facts = seen.facts
    age = seen.seen_at - facts.created_at
    return Line(
        seen.video_id, seen.name, facts.status, seen.tenant_id, facts.created_at, age, outcome, reason[:300], job_id
    )


def reasons(lines: Sequence[Line]) -> Counter[str]:
    """How many were skipped, by why."""
    return Counter(line.reason for line in lines if line.outcome == SKIPPED)
