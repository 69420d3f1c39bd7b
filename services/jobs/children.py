"""Parents: making children in bulk, waking workers for them, and ending the parent once all are over."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session
from ulid import ULID

import clock
import crashpoints
from extensions import DATABASE_AWAY, db, db_now, redis, transaction
from models import Job
from services.jobs import family, journal, moves, publish, states
from services.jobs.fingerprint import error_group
from services.jobs.registry import COMPLETE, JobType, job_type, resolve
from services.jobs.steps import last_step, with_last
from services.jobs.submit import ring_timeout_seconds
from services.jobs.work import Child, FanOut, Work
from store.bell import Bell
from store.progress import ProgressStore

log = structlog.get_logger(__name__)

INSERT_BATCH = 500
REFRESH_SECONDS = 0.5
# The row of a parent is this much behind what is told of it at most, so that it costs a hundred writes however many
# children there are.
LEAST_NOTED = 0.01
MIN_LANES, MAX_LANES = 2, 64


def make_children(work: Work, fan_out: FanOut) -> None:
    """Write the children that are not there yet, batch by batch, and let go of the parent.

    :raise LeaseLost: if the parent's attempt is no longer ours.
    """
    kind = job_type(fan_out.child_type)
    work.progress.step(job_type(work.job.type).steps[0].name, total=fan_out.total)
    there, position = _made_before(work.job.id)
    log.info("children_wanted", total=fan_out.total, type=kind.name, made_before=len(there))
    children = iter(fan_out.children)
    while batch := list(islice(children, INSERT_BATCH)):
        work.checkpoint()
        new = [child for child in batch if child.target_id not in there]
        rows = [_child_row(work, fan_out, kind, position + n, child) for n, child in enumerate(new)]
        if rows:
            with work.saving() as session:
                session.execute(insert(Job), rows)
            crashpoints.reached("P1")
        position += len(rows)
        work.progress.advance(len(batch))
    log.info("children_made", total=position)
    with work.lease.journal.taken() as lines, transaction() as session:
        family.hand_over_to_children(
            session, work.job.id, work.job.attempt, children_total=position, steps=work.progress.steps()
        )
        journal.write(session, lines)


def _made_before(parent_id: str) -> tuple[set[str | None], int]:
    """The targets that an earlier attempt made children for, and the first position that is free."""
    rows = db.session.execute(select(Job.target_id, Job.position).where(Job.parent_id == parent_id)).all()
    return {row.target_id for row in rows}, max((row.position or 0 for row in rows), default=-1) + 1


def _child_row(work: Work, fan_out: FanOut, kind: JobType, position: int, child: Child) -> dict[str, Any]:
    return {
        "id": str(ULID()),
        "type": kind.name,
        "target_type": fan_out.target_type,
        "target_id": child.target_id,
        "title": child.title[:300],
        "params": work.job.params,
        "owner_id": work.job.owner_id,
        "queue": work.job.queue,
        "parent_id": work.job.id,
        "position": position,
        "status": states.SCHEDULED if child.delay_seconds > 0 else states.QUEUED,
        "max_attempts": kind.max_attempts,
        "due_at": work.job.started_at + child.delay_seconds,
        "dispatched_at": work.job.started_at,
        "created_at": work.job.started_at,
        "updated_at": work.job.started_at,
    }


def lane_count(bell: Bell, children: int) -> int:
    """How many workers may be at one parent's children at once: all there are, since others wait one chunk only."""
    return max(1, min(children, MAX_LANES, max(MIN_LANES, bell.worker_count())))


def ring_lanes(parent_id: str, queue: str, children: int) -> None:
    """Wake workers for a parent's children. If Redis cannot be reached the janitor will ring."""
    bell = Bell(redis.client)
    try:
        for lane in range(lane_count(bell, children)):
            ring_lane(bell, parent_id, queue, lane)
    except RedisError as e:
        log.warning("lanes_not_rung", parent_id=parent_id, error=str(e))


def ring_lane(bell: Bell, parent_id: str, queue: str, lane: int) -> None:
    """Ring one lane, at the tail of the queue, so that other people's work comes in between two chunks."""
    bell.ring_lane(
        queue,
        parent_id=parent_id,
        lane=lane,
        serial=int(clock.now() * 1000),
        timeout_seconds=_lane_timeout_seconds(parent_id),
    )


def _lane_timeout_seconds(parent_id: str) -> float:
    """How long a lane's ring may take: as long as one child of this parent, since all are of one type."""
    child_type = db.session.scalar(select(Job.type).where(Job.parent_id == parent_id).limit(1))
    db.session.rollback()
    return ring_timeout_seconds(job_type(child_type or ""))


def refresh_parent(parent_id: str, *, at_once: bool = False) -> bool:
    """Write the parent's document again, at most twice a second in the whole fleet; false if that was not done."""
    try:
        slot_free = ProgressStore(redis.client).take_refresh_slot(parent_id, every_seconds=REFRESH_SECONDS)
        if not (slot_free or at_once):
            return False
        parent = db.session.get(Job, parent_id, populate_existing=True)
        if parent is not None and parent.waits_for_children:
            live = publish.row_state(parent)
            noted, attempt = parent.progress, parent.attempt
            version = publish.write(parent, live)
            if at_once:
                publish.keep_version(parent_id, attempt, version)
            if live.progress >= noted + LEAST_NOTED:
                _note_progress(parent_id, attempt, live.progress)
        return True
    except RedisError as e:
        log.debug("parent_not_refreshed", parent_id=parent_id, error=str(e))
        return False
    finally:
        db.session.rollback()


def teller(app: Flask) -> Callable[[str], bool]:
    """`refresh_parent` for threads that have no context of their own."""

    def tell(parent_id: str) -> bool:
        with app.app_context():
            return refresh_parent(parent_id)

    return tell


def _note_progress(parent_id: str, attempt: int, progress: float) -> None:
    """Keep in the row how far the bar has come: what its children say may be less once one of them is tried again."""
    try:
        with transaction() as session:
            moves.move(session, and_(moves.holds(parent_id, attempt), Job.progress < progress), {"progress": progress})
    except DATABASE_AWAY as e:  # it is noted with the next news
        log.debug("parent_progress_not_noted", parent_id=parent_id, error=str(e))


def settle_parent(parent_id: str) -> bool:
    """End the parent if all its children are over; whether this call did."""
    parent = db.session.get(Job, parent_id, populate_existing=True)
    unfinished = select(Job.id).where(Job.parent_id == parent_id, Job.status.in_(states.LIVE)).limit(1)
    if parent is None or not parent.waits_for_children or db.session.scalar(unfinished):
        db.session.rollback()
        return False
    with transaction() as session:
        ended = _open_gate(session, parent)
        if ended:
            crashpoints.reached("P3")
    if ended:
        crashpoints.reached("P4")
        publish.publish(parent_id)
    return ended


def _open_gate(session: Session, parent: Job) -> bool:
    counts = publish.status_counts(parent.id)
    status = parent_status(counts, cancel_requested=parent.cancel_requested_at is not None)
    kind = job_type(parent.type)
    result, result_url = resolve(kind.gather or "")(parent)
    done = sum(counts.get(ended, 0) for ended in states.ENDED)
    values: dict[str, Any] = {
        "progress": 1.0 if status == states.FINISHED else parent.progress,
        "step": COMPLETE.name if status == states.FINISHED else last_step(kind).name,
        "current": done,
        "total": done,
        "steps": with_last(parent.steps or (), last_step(kind).name, _elapsed_seconds(session, parent)),
        "result": result,
        "result_url": result_url,
    }
    if status == states.FAILED:
        code, error = "children_failed", f"All of its {done} parts failed."
        values |= {"error_code": code, "error": error, "error_group": error_group(parent.type, code, error)}
    return family.open_gate(session, parent.id, parent.attempt, status=status, values=values)


def _elapsed_seconds(session: Session, parent: Job) -> float:
    return (session.scalar(select(db_now())) or 0.0) - (parent.started_at or 0.0)


def parent_status(counts: Mapping[str, int], *, cancel_requested: bool) -> str:
    """How a parent ends: a few failed children do not fail it, all of them do."""
    if cancel_requested and counts.get(states.CANCELED, 0):
        return states.CANCELED
    if counts.get(states.FAILED, 0) and not counts.get(states.FINISHED, 0):
        return states.FAILED
    return states.FINISHED
