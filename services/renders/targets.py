"""What renders are for: segments and videos. One that is named for the first time is made then."""

import re
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from errors import Conflict, InvalidInput, NotFound
from extensions import db_now
from models import Segment, Video
from services.renders import states
from services.renders.outcomes import Outcome
from services.videos import film, runs
from services.videos import states as video_states

Target = Segment | Video
TABLES: dict[str, type[Segment] | type[Video]] = {states.SEGMENT: Segment, states.VIDEO: Video}
PENDING = {states.SEGMENT: states.PENDING, states.VIDEO: video_states.PENDING}
PROCESSING = {states.SEGMENT: states.PROCESSING, states.VIDEO: video_states.PROCESSING}
MADE = {states.SEGMENT: states.COMBINED, states.VIDEO: video_states.READY}
FAILED = {states.SEGMENT: states.FAILED, states.VIDEO: video_states.FAILED}
NO_REASON = "The renderer did not make it, and did not say why: have it rendered anew, or delete the video."
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
    """As it is now, and held as it is until the transaction ends. Renders are written before their targets, here as at
    their ends: two that each hold what the other waits for would wait for ever.

    :raise NotFound: if there is none of theirs any more.
    """
    held = {"key_share": True}  # other rows may go on to refer to it
    found: Target | None = session.get(  # type: ignore[assignment] # its common base has no columns
        TABLES[target_type], target_id, populate_existing=True, with_for_update=held
    )
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
        if isinstance(target, Video):
            target.problem = target.problem_text = None


def _is_arriving(video: Video) -> bool:
    is_open = video.status in (video_states.PENDING, video_states.PROCESSING)
    has_file = video.upload_id is not None or video.media_key is not None
    return video.status == video_states.UPLOADING or (is_open and has_file)


def take(session: Session, target_type: str, target_id: str, render_id: str, outcome: Outcome) -> None:
    """What has become of a render becomes its target's, unless that has been given to a later one meanwhile."""
    table = TABLES[target_type]
    is_made = outcome.status == states.COMPLETED
    its_own = (table.id == target_id, table.render_id == render_id, *(() if is_made else _hangs_on_it(target_type)))
    values = _made_of_it(target_type, outcome) if is_made else _missing(target_type, outcome)
    taken = update(table).where(*its_own).values(**values, updated_at=db_now())
    session.execute(taken.execution_options(synchronize_session=False))


def _hangs_on_it(target_type: str) -> tuple[ColumnElement[bool], ...]:
    """Nothing but the render is to bring it a file: it has none, and none of its own is being looked into."""
    table = TABLES[target_type]
    without_file = (table.status == PROCESSING[target_type], table.file_url.is_(None), table.media_key.is_(None))
    return (*without_file, ~runs.has_live_run()) if table is Video else without_file


def _made_of_it(target_type: str, outcome: Outcome) -> dict[str, Any]:
    """A segment's copy stays until there is another; of a video's old film nothing is told any more."""
    values: dict[str, Any] = {"status": MADE[target_type], "file_url": outcome.output_url}
    if target_type == states.VIDEO:
        values |= {**film.FORGOTTEN, **runs.NO_PROBLEM, "failures": 0, "recover_at": None}
    return values


def _missing(target_type: str, outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {"status": FAILED[target_type]}
    if target_type == states.VIDEO:
        values |= {"problem": f"render_{outcome.status}", "problem_text": outcome.error or NO_REASON}
    return values
