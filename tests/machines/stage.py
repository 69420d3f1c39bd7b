"""What every story plays on: the fleet, a person, and a playlist that can be analyzed again and again."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from tests.faults import effects, invariants
from tests.machines.findings import Findings
from tests.machines.fleet import Fleet
from tests.machines.person import Person, Watch
from tests.waiting import wait_until


@dataclass
class Round:
    """One analysis of the playlist; the figures are there once it has ended."""

    watch: Watch
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0


@dataclass
class Stage:
    fleet: Fleet
    person: Person
    playlist_id: int
    song_ids: list[int]
    rounds: list[Round] = field(default_factory=list)  # of the story that is being played

    @contextmanager
    def round(self) -> Iterator[Round]:
        """Click Analyze, watch the bar while the block runs, and on to the end; then count what was written."""
        wait_until(self._is_quiet, "all jobs before are over", within_seconds=180)
        before, begun = effects.by_song(self.fleet.engine), time.monotonic()
        job_id = self.person.analyze(self.playlist_id)
        with self.person.watching(job_id) as watch:
            played = Round(watch)
            self.rounds.append(played)
            yield played
            watch.await_end()
        played.seconds = time.monotonic() - begun
        self._count(played, before)

    def _is_quiet(self) -> bool:
        """Whether all jobs are over, those of a story that broke down too."""
        live = "SELECT count(*) FROM job WHERE status IN ('queued', 'scheduled', 'deferred', 'started')"
        return bool(self.rows(live)[0][0] == 0)

    def _count(self, played: Round, before: Counter[str]) -> None:
        now = effects.by_song(self.fleet.engine)
        written = [now[str(song_id)] - before[str(song_id)] for song_id in self.song_ids]
        played.lost = sum(number < 1 for number in written)
        played.doubled = sum(number - 1 for number in written if number > 1)

    def findings(
        self,
        *,
        recovery_seconds: float | None = None,
        breaches: list[str] | None = None,
        allowed: frozenset[str] = frozenset(),
        note: str = "",
    ) -> Findings:
        """The figures of all rounds of this story, and whatever the invariants say; `allowed` are answers to polls
        that may be errors."""
        with suppress(AssertionError):  # then the invariants tell which are not
            wait_until(self._is_quiet, "all jobs are over")
        wrong = [*(breaches or []), *invariants.broken(self.fleet.engine)]
        wrong += [words for played in self.rounds for words in played.watch.breaches(allowed=allowed)]
        return Findings(
            songs=len(self.rounds) * len(self.song_ids),
            lost=sum(played.lost for played in self.rounds),
            doubled=sum(played.doubled for played in self.rounds),
            longest_gap_seconds=max((played.watch.longest_gap_seconds for played in self.rounds), default=0.0),
            recovery_seconds=recovery_seconds,
            breaches=tuple(wrong),
            note=note,
        )

    def running_on(self, host: str) -> list[str]:
        """The jobs that workers of that host are at."""
        query = "SELECT id FROM job WHERE status = 'started' AND lease_owner IS NOT NULL AND worker LIKE :host"
        return [str(row[0]) for row in self.rows(query, host=f"{host}:%")]

    def are_over(self, job_ids: list[str]) -> bool:
        """Whether all of these have finished."""
        query = "SELECT count(*) FROM job WHERE status = 'finished' AND id = ANY(:ids)"
        return bool(self.rows(query, ids=job_ids)[0][0] == len(job_ids))

    def done(self, parent_id: str) -> int:
        """How many children of that job have finished."""
        return self.done_by("%", parent_id)

    def longest_standstill_seconds(self, parent_id: str) -> float:
        """The longest time in which none of that job's children has ended, between the first and the last."""
        query = (
            "SELECT coalesce(max(seconds), 0) FROM (SELECT ended_at - lag(ended_at) OVER (ORDER BY ended_at) "
            "AS seconds FROM job WHERE parent_id = :parent) AS pauses"
        )
        return float(self.rows(query, parent=parent_id)[0][0])

    def done_by(self, host: str, parent_id: str) -> int:
        """How many children of that job were done there."""
        query = "SELECT count(*) FROM job WHERE parent_id = :parent AND status = 'finished' AND worker LIKE :host"
        return int(self.rows(query, parent=parent_id, host=f"{host}:%")[0][0])

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        with self.fleet.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]
