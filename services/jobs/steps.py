"""The steps of a job as people are told of them, and how long each took."""

from collections.abc import Sequence
from typing import Any

from services.jobs import states
from services.jobs.registry import COMPLETE, JOB_TYPES, JobType, Step

DONE, RUNNING, WAITING = "done", "running", "waiting"


def work_steps(kind: JobType) -> tuple[Step, ...]:
    """The steps in which something is done."""
    return tuple(step for step in kind.steps if step is not COMPLETE)


def last_step(kind: JobType) -> Step:
    """The step that leads to the end; a parent's children run during it."""
    return work_steps(kind)[-1]


class StepTimes:
    """What one attempt spends its time on. Instants are `clock.monotonic()`; a step entered again adds up."""

    def __init__(self, now: float) -> None:
        self.name = ""
        self._began_at = now
        self._seconds: dict[str, float] = {}

    def begin(self, name: str, now: float) -> None:
        """End the step under way, and begin the one of that name."""
        self.end(now)
        self.name = name
        self._seconds.setdefault(name, 0.0)

    def end(self, now: float) -> None:
        """Count the step under way as it stands."""
        if self.name:
            self._seconds[self.name] += self.running_seconds(now)
        self.name = ""
        self._began_at = now

    def running_seconds(self, now: float) -> float:
        """How long the step under way has been going on this time."""
        return now - self._began_at

    def rows(self, now: float) -> list[dict[str, Any]]:
        """`{name, seconds}` of each step that was entered, in that order."""
        under_way = {self.name: self.running_seconds(now)} if self.name else {}
        return [
            {"name": name, "seconds": round(seconds + under_way.get(name, 0.0), 3)}
            for name, seconds in self._seconds.items()
        ]


def with_last(rows: Sequence[dict[str, Any]], name: str, elapsed_seconds: float) -> list[dict[str, Any]]:
    """The times of a parent: those of before its children ran, and the rest of the time as the step of that name."""
    before = [row for row in rows if row["name"] != name]
    spent = sum(row["seconds"] for row in before)
    return [*before, {"name": name, "seconds": round(max(0.0, elapsed_seconds - spent), 3)}]


def told(type_name: str, status: str, current: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """`{name, label, status, seconds}` of each step of such a job that is at step `current`; `rows` are its times.

    A step that was broken off is `waiting` again, with the seconds that it had.
    """
    kind = JOB_TYPES.get(type_name)
    if kind is None:
        return []
    steps = work_steps(kind)
    names = [step.name for step in steps]
    seconds = {} if status in states.WAITING else {row["name"]: row["seconds"] for row in rows}
    at = names.index(current) if current in names else -1
    return [
        {
            "name": step.name,
            "label": step.label,
            "status": _status(place, at, status),
            "seconds": seconds.get(step.name),
        }
        for place, step in enumerate(steps)
    ]


def _status(place: int, at: int, job_status: str) -> str:
    if job_status == states.FINISHED:
        return DONE
    if job_status in states.WAITING or place > at:
        return WAITING
    if place < at:
        return DONE
    return RUNNING if job_status == states.STARTED else WAITING
