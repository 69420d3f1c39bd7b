"""What a person may do to a record that does not go on: have it taken up again, where it failed, at once."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from errors import Conflict
from extensions import db_now, transaction
from models import Footage, Frame
from services.footage import dispatch, places, states
from services.footage.moves import Cause
from services.footage.reads import no_such_footage
from services.footage.targets import FOOTAGE, FRAME, Standing, Target


def retry(footage_id: str, by: str) -> str:
    """Let a record, and those of its frames that failed, go on where they failed; where it stands then.

    One that waits for its next try goes at once.

    :raise NotFound: if there is no such record.
    :raise Conflict: if nothing of it has failed, or it is being worked on.
    """
    places.make_lock()
    with transaction() as session:
        places.lock(session)
        target = Target(FOOTAGE, footage_id)
        stands = target.standing(session)
        if stands is None:
            raise no_such_footage(footage_id)
        changed = _go_on(session, target, stands, Cause(note="Taken up again by a person.", by=by))
        now_at = session.scalar(select(Footage.status).where(Footage.id == footage_id)) or stands.status
        if not changed:
            raise _refusal(session, footage_id, now_at)
    dispatch.at_once()
    return now_at


def _go_on(session: Session, target: Target, stands: Standing, cause: Cause) -> int:
    """How many records and frames were brought back, or need not wait any more."""
    status, changed = stands.status, 0
    if status == states.FAILED:
        status = _resume_status(session, target.key)
        changed += target.move(session, states.FAILED, status, cause, {"resume_status": None})
    changed += _hurry(session, target.key)
    # Later its frames have gone on without those that failed, and they cannot catch up; nor may they while it is being
    # described without them.
    if status == states.PROCESSING_FRAME_INFO and target.key not in places.live_jobs(session).keys(FOOTAGE):
        changed += _frames_go_on(session, target.key, cause)
    return changed


def _resume_status(session: Session, footage_id: str) -> str:
    return session.scalar(select(Footage.resume_status).where(Footage.id == footage_id)) or states.PENDING_FILE_INFO


def _hurry(session: Session, footage_id: str) -> int:
    """Nothing of it waits for its next try any more."""
    waits = ((Footage, Footage.id, Footage.retry_at), (Frame, Frame.footage_id, Frame.retry_at))
    hurried = 0
    for model, key, retry_at in waits:
        statement = update(model).where(key == footage_id, retry_at > db_now()).values(retry_at=None)
        result = session.execute(statement.returning(key).execution_options(synchronize_session=False))
        hurried += len(result.all())
    return hurried


def _frames_go_on(session: Session, footage_id: str, cause: Cause) -> int:
    failed = select(Frame.id, Frame.resume_status).where(Frame.footage_id == footage_id, Frame.status == states.FAILED)
    rows = session.execute(failed.order_by(Frame.position)).all()
    for frame_id, status in rows:
        back_to = status or states.FRAME_PENDING_THUMBNAIL
        Target(FRAME, str(frame_id)).move(session, states.FAILED, back_to, cause, {"resume_status": None})
    return len(rows)


def _refusal(session: Session, footage_id: str, status: str) -> Conflict:
    if footage_id in places.live_jobs(session).keys(FOOTAGE):
        return Conflict(
            f"{footage_id} is being worked on at {status}; it can be tried again if that fails.",
            code="at_work",
            details={"status": status},
        )
    return Conflict(
        f"Nothing of {footage_id} has failed; it stands at {status}.",
        code="nothing_to_retry",
        details={"status": status},
    )
