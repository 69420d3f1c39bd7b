"""What must hold after every fault, whatever it was. Each promise that is broken is one sentence."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from redis import Redis
from sqlalchemy import Connection, Engine, RowMapping, and_, exists, func, inspect, or_, select
from sqlalchemy.orm import aliased

import redis_urls
from extensions import db_now
from models import Analysis, Job, JobEvent, Song
from services.jobs import states
from store import keys
from store.progress import LiveDocument
from tests.faults import owed
from tests.faults.effects import by_job, by_song
from tests.faults.tasks import FAULT_TYPES

# While a document is missing, the rows are a report or two apart from what it told.
# The browser's client passes over what is older than what it knows.
STEP_BACK = 0.05
MAX_TOLD = 5  # of each kind; the number of the others is told


def broken(engine: Engine, redis_url: str | None = None, *, ended: bool = True, effects: bool = True) -> list[str]:
    """The invariants I1 to I4 and I6 that do not hold; empty if all is well.

    With `ended`, every job must be over, and Redis may hold nothing of it but its end. The document of a job whose end
    did not reach Redis is forgotten 30 s later, so callers who have just taken Redis away ask until then.
    """
    checks = [_kept, _one_end_each, _ends_as_written, _one_live_job_each, _readable]
    checks += [owed.waiting_in_vain, owed.doubled, owed.untold]
    if ended:
        checks.insert(0, _over)
    with engine.connect() as connection:
        found = [sentence for check in checks for sentence in _few(check(connection))]
    if effects:
        found += _few(_effects(engine, ended=ended))
    return found + (_few(_left_over(engine, redis_url)) if redis_url and ended else [])


def falls(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """I5: percent and version never fall within an attempt. `documents` are one job's, in the order they were read.

    What is told from the row while there is no live document (`degraded`) may be `STEP_BACK` behind, and its version
    older: live documents are compared with live ones, and the others only by how far the bar fell.
    """
    found: list[str] = []
    live: dict[int, Mapping[str, Any]] = {}
    before: Mapping[str, Any] | None = None
    for document in documents:
        attempt = int(document["attempt"])
        if before is not None and attempt < before["attempt"]:
            found.append(f"I5: attempt {before['attempt']} was followed by attempt {attempt}.")
        if before is not None and attempt == before["attempt"]:
            found += _fell(before, document, ("progress",), STEP_BACK)
        if not document.get("degraded"):
            found += _fell(live.get(attempt, document), document, ("progress", "version"), 0.0)
            live[attempt] = document
        before = document
    return _few(list(dict.fromkeys(found)))


def _fell(before: Mapping[str, Any], document: Mapping[str, Any], names: Iterable[str], allowed: float) -> list[str]:
    return [
        f"I5: {name} of attempt {document['attempt']} fell from {_as_told(before, name)} to {_as_told(document, name)}."
        for name in names
        if document[name] < before[name] - allowed
    ]


def _as_told(document: Mapping[str, Any], name: str) -> str:
    return f"{document[name]} ({document.get('status')}{', degraded' if document.get('degraded') else ''})"


def _few(sentences: list[str]) -> list[str]:
    more = [f"(and {len(sentences) - MAX_TOLD} more like that)"] if len(sentences) > MAX_TOLD else []
    return sentences[:MAX_TOLD] + more


def _told(connection: Connection, condition: Any, words: Callable[[RowMapping], str]) -> list[str]:
    columns = select(Job.id, Job.type, Job.status, Job.attempt, Job.active_key, Job.error_code).where(condition)
    return [f"{words(row)} ({row.type} {row.id})" for row in connection.execute(columns).mappings()]


def _over(connection: Connection) -> list[str]:
    return _told(connection, Job.status.in_(states.LIVE), lambda row: f"I1: a job is still {row.status}")


def _kept(connection: Connection) -> list[str]:
    """I1: every job is over, or waits with a due time, or has a lease (the janitor finds a dead one), or children."""
    child = aliased(Job)
    waits_for_children = and_(Job.children_total.is_not(None), exists().where(child.parent_id == Job.id))
    lost = or_(
        Job.status.not_in(states.ALL),
        and_(Job.status.in_(states.WAITING), Job.due_at.is_(None)),
        and_(Job.status == states.STARTED, Job.lease_until.is_(None), ~waits_for_children),
        and_(Job.status.in_(states.ENDED), or_(Job.lease_until.is_not(None), Job.ended_at.is_(None))),
        and_(Job.lease_until.is_not(None), Job.lease_until > db_now() + 3600),
    )
    return _told(connection, lost, lambda row: f"I1: nobody will ever end this {row.status} job, or it ended badly")


def _one_end_each(connection: Connection) -> list[str]:
    """I2: an attempt has at most one end."""
    ends = (
        select(JobEvent.job_id, JobEvent.attempt, func.count().label("number"))
        .where(JobEvent.to_status.in_(states.ENDED))
        .group_by(JobEvent.job_id, JobEvent.attempt)
        .having(func.count() > 1)
    )
    rows = connection.execute(ends)
    return [f"I2: attempt {row.attempt} of job {row.job_id} ended {row.number} times" for row in rows]


def _ends_as_written(connection: Connection) -> list[str]:
    """I2: what the history says last is what the row says."""
    written = exists().where(
        JobEvent.job_id == Job.id, JobEvent.attempt == Job.attempt, JobEvent.to_status == Job.status
    )
    condition = and_(Job.status.in_(states.ENDED), ~written)
    return _told(connection, condition, lambda row: f"I2: no event says that attempt {row.attempt} has {row.status}")


def _one_live_job_each(connection: Connection) -> list[str]:
    """The key that makes a target's live job the only one goes with its end."""
    condition = and_(Job.status.in_(states.ENDED), Job.active_key.is_not(None))
    return _told(connection, condition, lambda row: f"I2: an ended job still holds the key {row.active_key}")


def _effects(engine: Engine, *, ended: bool) -> list[str]:
    """I3: every finish has written its effect once; so nothing is lost and nothing is doubled."""
    if not inspect(engine).has_table("effect"):
        return []
    # The effects are read first: a job that ends meanwhile is one that has finished, and not one too many.
    written = by_job(engine) | Counter({f"song {song}": n for song, n in by_song(engine).items()})
    finished = _finishes(engine)
    return [
        f"I3: {subject} was written {written[subject]} times for {finished[subject]} finishes"
        for subject in sorted(written.keys() | finished.keys())
        if written[subject] > finished[subject] or (ended and written[subject] < finished[subject])
    ]


def _finishes(engine: Engine) -> Counter[str]:
    """How often each job of the faults' own has finished, and all the jobs for each song."""
    counted = (*(name for name, kind in FAULT_TYPES.items() if not kind.has_children), "analyze_song")
    query = (
        select(Job.id, Job.type, Job.target_id)
        .join(JobEvent, JobEvent.job_id == Job.id)
        .where(Job.type.in_(counted), JobEvent.to_status == states.FINISHED)
    )
    with engine.connect() as connection:
        return Counter(
            f"song {row.target_id}" if row.type == "analyze_song" else row.id for row in connection.execute(query)
        )


def _readable(connection: Connection) -> list[str]:
    """I6: a finished job has a result, and a finished analysis can be read as long as its song is there."""
    finished = select(Job.id, Job.type, Job.target_id, Job.result).where(Job.status == states.FINISHED)
    over = connection.execute(finished).all()  # first, since more may finish while the rest is read
    analysed = {str(song_id) for song_id in connection.scalars(select(Analysis.song_id))}
    unread = {str(song_id) for song_id in connection.scalars(select(Song.id))} - analysed
    return [
        f"I6: {row.type} {row.id} has finished, and there is no result to read"
        for row in over
        if row.result is None or (row.type == "analyze_song" and row.target_id in unread)
    ]


def _left_over(engine: Engine, redis_url: str) -> list[str]:
    """No live key of ours outlives its job: documents tell the end that the row tells, and everything expires."""
    with engine.connect() as connection:
        status = {row.id: row.status for row in connection.execute(select(Job.id, Job.status))}
    client = redis_urls.client(redis_url)
    try:
        return _documents(client, status) + _immortal(client)
    finally:
        client.close()


def _documents(client: Redis, status: Mapping[str, str]) -> list[str]:
    found = []
    for key in client.scan_iter(keys.progress("*"), count=1000):
        job_id = key.decode().removeprefix(keys.progress(""))
        stored: Any = None if job_id.endswith(":fence") else client.get(key)
        if stored is None:
            continue
        told = json.loads(LiveDocument.parse(stored).body)["status"]
        if told != status.get(job_id):
            found.append(f"Redis tells of job {job_id} that it is {told}; its row says {status.get(job_id)}")
    return found


def _immortal(client: Redis) -> list[str]:
    every = [*client.scan_iter(keys.progress("*"), count=1000), *client.scan_iter(keys.refresh_slot("*"), count=1000)]
    return [f"the key {key.decode()} never expires" for key in every if client.ttl(key) == -1]
