"""Videos in lists: by status, tenant and words, the newest first, and how many are at each status."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from errors import InvalidInput
from extensions import db
from models import Video
from services.library import cursors, text
from services.library.pages import checked_limit
from services.videos import states

SORT = "newest"
KEY_TYPES = ((float, str),)  # created_at, id
MAX_WORDS = 10
SEARCHED = (Video.id, Video.name, Video.file_name)


@dataclass(frozen=True, slots=True)
class VideoPage:
    """Some videos, and the cursor of the page after this one."""

    rows: Sequence[Video]
    next_cursor: str | None


def page(
    owner_id: int | None,
    *,
    status: str | None = None,
    tenant_id: str | None = None,
    q: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> VideoPage:
    """A page of somebody's videos, or of everybody's; `q` is words that must all occur in the name, file or id.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    wanted = [*_of_owner(owner_id), *_at(status), *_of_tenant(tenant_id), *_matching(q), *_behind(cursor)]
    newest_first = select(Video).where(*wanted).order_by(Video.created_at.desc(), Video.id.desc())
    found = db.session.scalars(newest_first.limit(limit + 1).execution_options(populate_existing=True)).all()
    shown = found[:limit]
    return VideoPage(shown, _cursor(shown[-1]) if len(found) > limit else None)


def counts(owner_id: int | None) -> dict[str, int]:
    """How many videos are at each status; those with none are told too."""
    counted = select(Video.status, func.count()).where(*_of_owner(owner_id)).group_by(Video.status)
    found = dict(db.session.execute(counted).all())
    return {status: found.get(status, 0) for status in states.ALL}


def _of_owner(owner_id: int | None) -> list[ColumnElement[bool]]:
    return [] if owner_id is None else [Video.owner_id == owner_id]


def _of_tenant(tenant_id: str | None) -> list[ColumnElement[bool]]:
    return [Video.tenant_id == text.drop_unprintable(tenant_id)] if tenant_id else []


def _at(status: str | None) -> list[ColumnElement[bool]]:
    if not status:
        return []
    if status not in states.ALL:
        allowed = f"it is one of {', '.join(states.ALL)}"
        raise InvalidInput(f"There is no status {status[:40]!r}: {allowed}.", details={"status": allowed})
    return [Video.status == status]


def _matching(q: str) -> list[ColumnElement[bool]]:
    words = text.drop_unprintable(q).split()[:MAX_WORDS]
    return [or_(*(column.icontains(word, autoescape=True) for column in SEARCHED)) for word in words]


def _behind(cursor: str | None) -> list[ColumnElement[bool]]:
    if not cursor:
        return []
    created_at, video_id = cursors.decode(cursor, sort=SORT, key_types=KEY_TYPES).key
    return [tuple_(Video.created_at, Video.id) < tuple_(created_at, video_id)]


def _cursor(video: Video) -> str:
    return cursors.encode(cursors.Cursor(SORT, 0, (float(video.created_at), video.id)))
