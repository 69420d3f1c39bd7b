"""A database as the console finds it after a month: many jobs, half of them waiting, and the history of all."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert
from ulid import ULID

from extensions import db, transaction
from models import AuditEntry, ErrorGroup, ErrorStat, Job, JobEvent, JobLog, JobStat, User
from services.jobs import states
from services.jobs.registry import DEFAULT, HIGH, LOW

DAY_SECONDS = 86_400
DAYS = 30
CHILDREN = 50
GROUPS = 300
BATCH = 5000
EVENTS_OF_ONE_IN = 20
SHARES = ((states.FINISHED, 0.66), (states.FAILED, 0.28), (states.CANCELED, 0.05), (states.SCHEDULED, 0.01))
WORKERS = tuple(f"worker-{n}" for n in range(8))
Row = dict[str, Any]


def seed(number: int, now: float) -> None:
    """`number` jobs, half of them waiting and a tenth of them children; the rest spread over thirty days and states.

    The history of minutes, hours and failures covers the same days whatever the number.
    """
    dice = random.Random(number)  # noqa: S311 - the same database each time
    db.session.add(User(id=1, name="My library", created_at=now))
    db.session.commit()
    fill(Job, jobs(number, now, dice))
    fill(ErrorGroup, (_group(n, now) for n in range(GROUPS)))
    fill(ErrorStat, _error_stats(now, dice))
    fill(JobStat, _job_stats(now, dice))
    fill(AuditEntry, (_audit_entry(n, now) for n in range(min(number // 10, 2000))))
    with transaction() as session:
        few = session.query(Job.id, Job.created_at).filter(Job.parent_id.is_(None)).order_by(Job.id.desc())
        followed = few.limit(max(number // EVENTS_OF_ONE_IN, 50)).all()
    fill(JobEvent, (event for job_id, at in followed for event in _events(job_id, at)))
    fill(JobLog, (line for job_id, at in followed[:200] for line in _log(job_id, at)))


def jobs(number: int, now: float, dice: random.Random) -> Iterator[Row]:
    waiting = number // 2
    parents = number // 10 // CHILDREN
    for n in range(waiting):
        at = now - DAY_SECONDS * (waiting - n) / waiting
        yield _job(n, at, at, dice, status=states.QUEUED)
    for n in range(parents):
        yield from _family(n, now - DAYS * DAY_SECONDS * (n + 1) / (parents + 1), dice)
    for n in range(number - waiting - parents * (CHILDREN + 1)):
        at = now - dice.random() * DAYS * DAY_SECONDS
        (status,) = dice.choices([name for name, _ in SHARES], [share for _, share in SHARES])
        yield _job(n, at, min(now, at + dice.expovariate(1 / 20)), dice, status=status)
    for n in range(8):
        yield _job(n, now - 60, now - 30, dice, status=states.STARTED) | {"lease_until": now + DAY_SECONDS}


def _family(n: int, at: float, dice: random.Random) -> Iterator[Row]:
    parent = _job(n, at, at + 60, dice, status=states.FINISHED)
    parent |= {"type": "analyze_playlist", "queue": DEFAULT, "children_total": CHILDREN, "target_type": "playlist"}
    yield parent
    for position in range(CHILDREN):
        status = states.FAILED if position % 10 == 0 else states.FINISHED
        yield _job(position, at + 1, at + 2 + position, dice, status=status) | {
            "parent_id": parent["id"],
            "position": position,
        }


def _job(n: int, at: float, ended: float, dice: random.Random, *, status: str) -> Row:
    """All keys in every row, so that many go in by one statement."""
    is_over, has_failed = status in states.ENDED, status == states.FAILED
    has_begun = is_over or status == states.STARTED
    group = dice.randrange(GROUPS)
    return {
        "id": str(ULID(round(at * 1000).to_bytes(6, "big") + dice.randbytes(10))),
        "type": "import_media" if n % 500 == 0 else "analyze_song",
        "target_type": "song",
        "target_id": str(n % 5000),
        "title": f"Song number {n} of a long list of songs",
        "params": {"names": [f"file-{n}.mp3"], "api_key": "hidden"} if n % 500 == 0 else {},
        "owner_id": 1,
        "queue": (HIGH, DEFAULT, LOW, LOW)[n % 4],
        "parent_id": None,
        "position": None,
        "status": status,
        "attempt": 1,
        "max_attempts": 5,
        "due_at": at,
        "children_total": None,
        "progress": 1.0 if status == states.FINISHED else 0.0,
        "lease_until": None,
        "worker": dice.choice(WORKERS) if has_begun else None,
        "created_at": at,
        "started_at": at + 0.7 * (ended - at) if has_begun else None,
        "ended_at": ended if is_over else None,
        "updated_at": ended,
        "error_code": "boom" if has_failed else None,
        "error": f"The file {group} could not be read: song {n}." if has_failed else None,
        "error_detail": "Traceback (most recent call last):\n" + "  a line\n" * 30 if has_failed else None,
        "error_group": f"{group:016x}" if has_failed else None,
        "result": {"rating": "everyone"} if status == states.FINISHED else None,
        "steps": [{"name": "starting", "seconds": 0.1}, {"name": "analyzing", "seconds": 2.5}] if is_over else None,
    }


def _group(n: int, now: float) -> Row:
    return {
        "id": f"{n:016x}",
        "type": "analyze_song",
        "error_code": "boom",
        "sample": f"The file {n} could not be read: song 1.",
        "sample_job_id": "01JD8Z5M3V7Q2K4N6P8R0S1T2W",
        "first_seen_at": now - DAYS * DAY_SECONDS,
        "last_seen_at": now - n * 60,
        "count": 10 + n,
    }


def _error_stats(now: float, dice: random.Random) -> Iterator[Row]:
    hour = int(now) // 3600 * 3600
    for n in range(GROUPS):
        for age in dice.sample(range(DAYS * 24), 40):
            yield {"group_id": f"{n:016x}", "bucket_at": hour - age * 3600, "count": dice.randrange(1, 20)}


def _job_stats(now: float, dice: random.Random) -> Iterator[Row]:
    for resolution, stretches in ((60, 2 * 24 * 60), (3600, DAYS * 24)):
        last = int(now) // resolution * resolution
        for age in range(1, stretches):
            for queue, kind in ((HIGH, "analyze_song"), (LOW, "analyze_song"), (DEFAULT, "analyze_playlist")):
                count = dice.randrange(1, 40)
                yield {
                    "bucket_at": last - age * resolution,
                    "resolution_seconds": resolution,
                    "queue": queue,
                    "type": kind,
                    "created": count,
                    "finished": count,
                    "failed": count // 10,
                    "canceled": 0,
                    "wait_seconds": {str(n): count for n in range(0, 40, 10)},
                    "run_seconds": {str(n): count for n in range(0, 40, 10)},
                }


def _audit_entry(n: int, now: float) -> Row:
    return {
        "at": now - n * 600,
        "actor": "local operator",
        "action": ("retry", "cancel", "delete")[n % 3],
        "target_type": "job",
        "target_id": str(n),
        "details": {},
        "outcome": "done",
        "ended_at": now - n * 600,
    }


def _events(job_id: str, at: float) -> Iterator[Row]:
    moves = ((None, states.QUEUED), (states.QUEUED, states.STARTED), (states.STARTED, states.FINISHED))
    for seconds, (before, after) in enumerate(moves):
        yield {"job_id": job_id, "attempt": 1, "from_status": before, "to_status": after, "at": at + seconds}


def _log(job_id: str, at: float) -> Iterator[Row]:
    for n in range(50):
        yield {"job_id": job_id, "attempt": 1, "at": at + n, "level": "info", "message": f"Line {n} of what it did."}


def fill(model: type[Any], rows: Iterator[Row]) -> None:
    while batch := list(islice(rows, BATCH)):
        with transaction() as session:
            session.execute(insert(model), batch)
