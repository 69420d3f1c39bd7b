"""Videos in lists: by status, tenant and words, the newest first, and how many are at each status."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from extensions import db
from models import Video
from services.library import newest, text
from services.library.pages import checked_limit
from services.videos import states

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
    wanted = newest.owned(Video.owner_id, owner_id) + newest.at_status(Video.status, status, states.ALL)
    wanted += _of_tenant(tenant_id) + newest.matching(text.drop_unprintable(q), SEARCHED)
    wanted += newest.behind(cursor, Video.created_at, Video.id)
    newest_first = select(Video).where(*wanted).order_by(Video.created_at.desc(), Video.id.desc())
    found = db.session.scalars(newest_first.limit(limit + 1).execution_options(populate_existing=True)).all()
    shown = found[:limit]
    next_cursor = newest.cursor_behind(shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    return VideoPage(shown, next_cursor)


def counts(owner_id: int | None) -> dict[str, int]:
    """How many videos are at each status; those with none are told too."""
    counted = select(Video.status, func.count()).where(*newest.owned(Video.owner_id, owner_id)).group_by(Video.status)
    found = dict(db.session.execute(counted).all())
    return {status: found.get(status, 0) for status in states.ALL}


def _of_tenant(tenant_id: str | None) -> list[ColumnElement[bool]]:
    return [Video.tenant_id == text.drop_unprintable(tenant_id)] if tenant_id else []
