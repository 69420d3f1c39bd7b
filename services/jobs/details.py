"""One job as operators see it: how its time passed, what it was given, what it logged, and who touched it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

import clock
from extensions import db
from models import AuditEntry, Job, JobEvent
from services.jobs import journal, listing, states, steps
from services.jobs.operations import get_job

HIDDEN = "(hidden)"
MAX_EVENTS, MAX_ENTRIES = 200, 20
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SECRET_WORDS = {"key", "keys", "auth", "cookie", "cookies", "pwd", "pin", "signature"}
_SECRET_BEGINNINGS = ("secret", "token", "passw", "passphrase", "authoriz", "credential", "apikey")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that a job spent in one state; `seconds` is None for the state that it ended in."""

    attempt: int
    status: str
    reason: str
    at: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines in the order in which they were logged, and the cursor that leads to those before them."""

    lines: Sequence[journal.LogLine]
    older_id: int | None


@dataclass(frozen=True, slots=True)
class JobDetails:
    """`told` is what `listing.status` says; the rest is for operators only."""

    told: dict[str, Any]
    timeline: Sequence[Stretch]
    steps: Sequence[dict[str, Any]]
    params: Any
    result: Any
    error_detail: str | None
    error_group: str | None
    children: listing.ChildPage | None
    log: LogPage
    entries: Sequence[AuditEntry]


def details(job_id: str, *, log_before: int | None = None, children_after: int = -1) -> JobDetails:
    """:raise NotFound: if there is no such job."""
    told = listing.status(job_id)
    job = get_job(job_id)
    return JobDetails(
        told=told,
        timeline=timeline(_events(job_id), clock.now()),
        steps=steps.told(job.type, job.status, job.step, job.steps or []),
        params=without_secrets(job.params),
        result=without_secrets(job.result),
        error_detail=job.error_detail,
        error_group=job.error_group,
        children=_children(job, children_after),
        log=log_page(job_id, before_id=log_before),
        entries=_entries(job_id),
    )


def _children(job: Job, after: int) -> listing.ChildPage | None:
    return None if job.children_total is None else listing.list_children(job.id, limit=50, cursor=after)


def _events(job_id: str) -> list[JobEvent]:
    newest_first = select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id.desc())
    return list(db.session.scalars(newest_first.limit(MAX_EVENTS)))[::-1]


def _entries(job_id: str) -> list[AuditEntry]:
    about_it = (AuditEntry.target_type == "job", AuditEntry.target_id == job_id)
    return list(
        db.session.scalars(select(AuditEntry).where(*about_it).order_by(AuditEntry.id.desc()).limit(MAX_ENTRIES))
    )


def timeline(events: Sequence[JobEvent], now: float) -> list[Stretch]:
    """From each move to the next one; from the last until now, unless it is an end. Pure."""
    ends = [*(event.at for event in events[1:]), now][: len(events)]
    return [
        Stretch(event.attempt, event.to_status, event.reason, event.at, _lasted(event, end))
        for event, end in zip(events, ends, strict=True)
    ]


def _lasted(event: JobEvent, end: float) -> float | None:
    return None if event.to_status in states.ENDED else max(0.0, end - event.at)


def log_page(job_id: str, *, limit: int = 100, before_id: int | None = None) -> LogPage:
    """The last lines of a job's log, or those before `before_id`.

    :raise NotFound: if there is no such job.
    """
    get_job(job_id)
    lines = journal.logs_of(job_id, before_id=before_id, limit=limit + 1)
    more = len(lines) > limit
    lines = lines[-limit:]
    return LogPage(lines, lines[0].id if more else None)


def without_secrets(value: Any) -> Any:
    """The same with what is secret by its name hidden, however deep, and credentials taken out of texts. Pure."""
    if isinstance(value, Mapping):
        return {name: HIDDEN if is_secret(str(name)) else without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    return journal.without_secrets(value) if isinstance(value, str) else value


def is_secret(name: str) -> bool:
    """Whether what bears this name should not be shown: `api_key`, `accessToken`, `Authorization`; not `keyboard`."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    return any(word in _SECRET_WORDS or word.startswith(_SECRET_BEGINNINGS) for word in [*words, joined])
