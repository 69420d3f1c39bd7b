"""What renders are for: segments and videos. One that is named for the first time is made then."""

import re

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from errors import Conflict, InvalidInput, NotFound
from extensions import db_now
from models import Segment, Video
from services.renders import states
from services.renders.outcomes import Outcome
from services.videos import states as video_states

Target = Segment | Video
TABLES: dict[str, type[Segment] | type[Video]] = {states.SEGMENT: Segment, states.VIDEO: Video}
PENDING = {states.SEGMENT: states.PENDING, states.VIDEO: video_states.PENDING}
PROCESSING = {states.SEGMENT: states.PROCESSING, states.VIDEO: video_states.PROCESSING}
MADE = {states.SEGMENT: states.COMBINED, states.VIDEO: video_states.READY}
FAILED = {states.SEGMENT: states.FAILED, states.VIDEO: video_states.FAILED}
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ID_ALLOWED = "it begins with a letter or digit, and has letters, digits, and . _ - behind it, 64 in all at most"


def find_or_make(session: Session, owner_id: int, target_type: str, target_id: str) -> Target:
    """:raise InvalidInput: if nothing can be called so. :raise NotFound: if it is somebody else's."""
    if not ID.fullmatch(target_id):
        raise InvalidInput(
            f"“target_id” cannot be taken: {ID_ALLOWED}; got {target_id[:60]!r}.", details={"target_id": ID_ALLOWED}
        )
    found: Target | None = session.get(TABLES[target_type], target_id, populate_existing=True)  # type: ignore[assignment] # its common base has no columns
    if found is None:
        return _made(session, owner_id, target_type, target_id)
    if found.owner_id != owner_id:
        raise no_such_target(target_type, target_id)
    return found


def find(session: Session, owner_id: int, target_type: str, target_id: str) -> Target:
    """:raise NotFound: if there is none of theirs any more."""
    found: Target | None = session.get(TABLES[target_type], target_id, populate_existing=True)  # type: ignore[assignment] # its common base has no columns
    if found is None or found.owner_id != owner_id:
        raise no_such_target(target_type, target_id)
    return found


def no_such_target(target_type: str, target_id: str) -> NotFound:
    return NotFound(f"There is no {target_type} {target_id[:64]!r}.", code=f"no_such_{target_type}")


def _made(session: Session, owner_id: int, target_type: str, target_id: str) -> Target:
    """:raise IntegrityError: if somebody has made it at the same moment."""
    times = {"created_at": db_now(), "updated_at": db_now()}
    whose = {"id": target_id, "owner_id": owner_id, "status": PENDING[target_type]}
    target: Target
    if target_type == states.VIDEO:
        target = Video(**whose, tenant_id=str(owner_id), name=target_id, **times)
    else:
        target = Segment(**whose, name=target_id, **times)
    session.add(target)
    session.flush()
    return target


def hand_over(target: Target, target_type: str, render_id: str) -> None:
    """From now on it takes what becomes of that render. One that has a file keeps it until there is another.

    :raise Conflict: if its own file is on its way, or is being looked into.
    """
    if isinstance(target, Video) and _is_arriving(target):
        raise Conflict(
            f"The video {target.id!r} is being taken in ({target.status}); wait for its end.", code="target_busy"
        )
    target.render_id = render_id
    target.updated_at = db_now()
    if target.file_url is None and target.media_key is None:
        target.status = PROCESSING[target_type]


def _is_arriving(video: Video) -> bool:
    is_open = video.status in (video_states.PENDING, video_states.PROCESSING)
    return video.status == video_states.UPLOADING or (is_open and video.upload_id is not None)


def take(session: Session, target_type: str, target_id: str, render_id: str, outcome: Outcome) -> None:
    """What has become of a render becomes its target's, unless that has been given to a later one meanwhile."""
    table = TABLES[target_type]
    its_own: tuple[ColumnElement[bool], ...] = (table.id == target_id, table.render_id == render_id)
    if outcome.status == states.COMPLETED:
        values = {"status": MADE[target_type], "file_url": outcome.output_url, "updated_at": db_now()}
    else:
        its_own += (table.status == PROCESSING[target_type],)
        values = {"status": FAILED[target_type], "updated_at": db_now()}
    session.execute(update(table).where(*its_own).values(values).execution_options(synchronize_session=False))
