"""Footage in lists: by status and words, the newest first, and how many are at each status."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from extensions import db
from models import Footage
from services.footage import states
from services.library import newest, text
from services.library.pages import checked_limit

# What any list shows; the rest may be long, and is for the page of one record.
_SHOWN = (
    Footage.id,
    Footage.owner_id,
    Footage.status,
    Footage.resume_status,
    Footage.entered_at,
    Footage.failures,
    Footage.retry_at,
    Footage.error_code,
    Footage.error,
    Footage.title,
    Footage.made_title,
    Footage.description,
    Footage.keywords,
    Footage.source_url,
    Footage.judgement,
    Footage.awaits,
    Footage.source,
    Footage.file_name,
    Footage.media_key,
    Footage.size_bytes,
    Footage.duration_seconds,
    Footage.width,
    Footage.height,
    Footage.frames_per_second,
    Footage.video_codec,
    Footage.audio_codec,
    Footage.poster_key,
    Footage.sheet_key,
    Footage.created_at,
    Footage.updated_at,
)
SEARCHED = (Footage.id, Footage.title, Footage.file_name, Footage.made_title, Footage.description)


@dataclass(frozen=True, slots=True)
class FootagePage:
    """Records with what lists show of them, and the cursor of the page after this one."""

    rows: Sequence[Footage]
    next_cursor: str | None


def page(
    owner_id: int | None,
    *,
    status: str | None = None,
    q: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> FootagePage:
    """A page of somebody's footage, or of everybody's; `q` is words that must all occur in what is known of it.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    wanted = newest.owned(Footage.owner_id, owner_id) + newest.at_status(Footage.status, status, states.FOOTAGE)
    wanted += newest.matching(text.drop_unprintable(q), SEARCHED)
    wanted += newest.behind(cursor, Footage.created_at, Footage.id)
    newest_first = select(Footage).where(*wanted).order_by(Footage.created_at.desc(), Footage.id.desc())
    light = newest_first.options(load_only(*_SHOWN, raiseload=True)).limit(limit + 1)
    found = db.session.scalars(light.execution_options(populate_existing=True)).all()
    shown = found[:limit]
    next_cursor = newest.cursor_behind(shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    return FootagePage(shown, next_cursor)


def counts(owner_id: int | None) -> dict[str, int]:
    """How many records are at each status, in the order of the pipeline; those with none are told too."""
    counted = (
        select(Footage.status, func.count()).where(*newest.owned(Footage.owner_id, owner_id)).group_by(Footage.status)
    )
    found = dict(db.session.execute(counted).all())
    return {status: found.get(status, 0) for status in states.FOOTAGE}
