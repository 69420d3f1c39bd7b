"""The rows of a recovery run: begun, added to with each video, ended. Safe to begin again where a run broke off."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from extensions import db_now, seekable_now, transaction
from models import RecoveryItem, RecoveryRun
from services.videos.recovery_report import FAILED, SKIPPED, TRIGGERED, Line, reasons

# A thousand uploads that all grow are no news every quarter of an hour; they are counted all the same.
SKIPPED_KEPT = 200
KEPT_SECONDS = 90 * 86_400.0
PRUNE_BATCH = 200


def begin(run_id: str, by: str) -> None:
    with transaction() as session:
        if session.get(RecoveryRun, run_id) is None:
            session.add(RecoveryRun(id=run_id, started_by=by[:120], started_at=db_now(), reasons={}))


def end(run_id: str) -> None:
    with transaction() as session:
        session.execute(update(RecoveryRun).where(RecoveryRun.id == run_id).values(ended_at=db_now()))


def note(run_id: str, lines: Sequence[Line]) -> None:
    with transaction() as session:
        note_within(session, run_id, lines)


def note_within(session: Session, run_id: str, lines: Sequence[Line]) -> None:
    """Count what became of these videos, and keep it of each, in a transaction of the caller's."""
    run = session.get_one(RecoveryRun, run_id, with_for_update=True, populate_existing=True)
    room = max(0, SKIPPED_KEPT - run.skipped)
    skipped = [line for line in lines if line.outcome == SKIPPED][:room]
    session.add_all(_item(run_id, line) for line in [*skipped, *(line for line in lines if line.outcome != SKIPPED)])
    counts = Counter(line.outcome for line in lines)
    run.found += len(lines)
    run.triggered += counts[TRIGGERED]
    run.skipped += counts[SKIPPED]
    run.failed += counts[FAILED]
    run.reasons = dict(Counter(run.reasons) + reasons(lines))


def _item(run_id: str, line: Line) -> RecoveryItem:
    return RecoveryItem(
        run_id=run_id,
        video_id=line.video_id,
        name=line.name,
        tenant_id=line.tenant_id,
        video_created_at=line.created_at,
        outcome=line.outcome,
        reason=line.reason,
        job_id=line.job_id,
        at=db_now(),
    )


def prune() -> int:
    """Forget a batch of runs that are too old, with what they did; how many."""
    old = select(RecoveryRun.id).where(RecoveryRun.started_at < seekable_now() - KEPT_SECONDS).limit(PRUNE_BATCH)
    with transaction() as session:
        ids = list(session.scalars(old))
        session.execute(delete(RecoveryRun).where(RecoveryRun.id.in_(ids)))
    return len(ids)
