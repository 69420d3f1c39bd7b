"""What must be true of a soak once there is peace."""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from services.jobs import states
from tests.faults import effects
from tests.faults.invariants import broken
from tests.faults.soak.load import Asked, Load
from tests.faults.soak.plan import LONGEST_STRIKE_SECONDS

# A running job looks for a cancel between its steps; one that was past the last look finishes within five seconds,
# or as much later as a fault of each of the two kinds holds it up.
PAST_THE_LAST_LOOK_SECONDS = 5.0 + 2 * LONGEST_STRIKE_SECONDS
# What faults may bring a job to, with a sentence that says so: lost workers, a locked database, lookups that fail,
# and of a playlist, that songs of it failed.
CAUSED_BY_FAULTS = frozenset(
    {"quarantined", "worker_lost", "database_busy", "temporary_failure", "unavailable", "children_failed"}
)
FORGOTTEN_AFTER_SECONDS = 35.0
MAX_TOLD = 5


class Failure(NamedTuple):
    """Why a job failed."""

    code: str
    error: str


def live(engine: Engine) -> Counter[str]:
    """How many jobs are in each state that is not the end."""
    rows = _rows(engine, "SELECT status, count(*) FROM job GROUP BY status")
    return Counter({status: number for status, number in rows if status not in states.ENDED})


def failed(engine: Engine) -> dict[str, Failure]:
    """The jobs that failed, and why; parents first."""
    query = "SELECT id, error_code, error FROM job WHERE status = 'failed' ORDER BY parent_id IS NOT NULL, id"
    return {job_id: Failure(code or "", error or "") for job_id, code, error in _rows(engine, query)}


def unexplained(failures: Iterable[Failure]) -> list[str]:
    """Those that no fault of ours explains."""
    return [f"a job failed with {one.code}: {one.error}" for one in failures if one.code not in CAUSED_BY_FAULTS]


def lost(engine: Engine, load: Load) -> list[str]:
    """What was asked for, was not canceled, and has no effect."""
    status: dict[str, str] = dict(_rows(engine, "SELECT id, status FROM job"))
    # Two clicks on one song may have been answered with one job, which either may have canceled.
    canceled = {asked.job_id for asked in load.asked if asked.cancel_answer is not None and not asked.was_retried}
    written = effects.by_song(engine)
    found = []
    for asked in load.asked:
        where = status.get(asked.job_id, "nowhere")
        if where == states.FINISHED:
            found += [
                f"song {song} was not analysed ({asked.job_id})" for song in _songs(load, asked) if not written[song]
            ]
        elif where != states.CANCELED or asked.job_id not in canceled:
            found.append(f"job {asked.job_id or '(none)'} of {asked.ask} is {where}; cancel: {asked.cancel_answer}")
    return found


def _songs(load: Load, asked: Asked) -> list[str]:
    ask = asked.ask
    numbers = load.plan.playlists[ask.target] if ask.is_playlist else (ask.target,)
    return [str(load.songs[number]) for number in numbers]


def doubled(engine: Engine) -> list[str]:
    """Songs that were written more often than jobs for them finished, and jobs that finished more than once."""
    finishes: Counter[str] = Counter(
        dict(
            _rows(
                engine,
                "SELECT job.target_id, count(*) FROM job JOIN job_event AS e ON e.job_id = job.id "
                "WHERE e.to_status = 'finished' AND job.type = 'analyze_song' GROUP BY job.target_id",
            )
        )
    )
    again = _rows(
        engine,
        "SELECT job_id, count(*) FROM job_event WHERE to_status = 'finished' GROUP BY job_id HAVING count(*) > 1",
    )
    written = effects.by_song(engine)
    return [
        *(
            f"song {song}: {number} writes, {finishes[song]} finishes"
            for song, number in written.items()
            if number != finishes[song]
        ),
        *(f"job {job_id} finished {number} times" for job_id, number in again),
    ]


def cancels(engine: Engine, load: Load) -> list[str]:
    """Cancels that were neither honoured nor refused for a reason, nor came when the work was as good as done."""
    query = (
        "SELECT job.id, job.status, e.at - job.cancel_requested_at FROM job "
        "LEFT JOIN job_event AS e ON e.job_id = job.id AND e.to_status = 'finished' "
        "WHERE job.children_total IS NULL"
    )
    ends = {job_id: (status, late) for job_id, status, late in _rows(engine, query)}
    found = []
    for asked in load.asked:
        # What was to be started over may have been, though the answer that says so was lost.
        if asked.cancel_answer is None or asked.ask.retries or asked.job_id not in ends:
            continue
        status, late_seconds = ends[asked.job_id]
        is_late = status == states.FINISHED and (late_seconds or 0.0) < PAST_THE_LAST_LOOK_SECONDS
        told = ((200, states.STARTED), (200, states.FINISHED))
        honoured = status == states.CANCELED or (asked.cancel_answer in told and is_late)
        refused = asked.cancel_answer[0] == 409 and status in (states.FINISHED, states.FAILED)
        if not (honoured or refused):
            found.append(f"cancel of {asked.job_id} was answered {asked.cancel_answer}, and it has {status}")
    return found


def breaches(engine: Engine, load: Load, redis_url: str) -> list[str]:
    """Whatever else was promised."""
    left = _rows(engine, "SELECT id, active_key FROM job WHERE active_key IS NOT NULL")
    return [
        *few(load.complaints),
        *few(cancels(engine, load)),
        *few([f"the key {key} is still live" for _, key in left]),
        *_still_broken(engine, redis_url),
    ]


def _still_broken(engine: Engine, redis_url: str) -> list[str]:
    """The invariants. What Redis tells of a job whose end did not reach it is forgotten half a minute later."""
    until = time.monotonic() + FORGOTTEN_AFTER_SECONDS
    while (found := broken(engine, redis_url)) and time.monotonic() < until:
        time.sleep(1)
    return found


def few(sentences: list[str]) -> list[str]:
    """The first of them, and how many there are."""
    more = [f"(and {len(sentences) - MAX_TOLD} more like that)"] if len(sentences) > MAX_TOLD else []
    return sentences[:MAX_TOLD] + more


def _rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
