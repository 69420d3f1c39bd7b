"""Footage in lists: by status and words, the newest first, and how many are at each status."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import load_only

from errors import InvalidInput
from extensions import db
from models import Footage
from services.footage import states
from services.library import cursors, text
from services.library.pages import checked_limit

SORT = "newest"
KEY_TYPES = ((float, str),)  # created_at, id
MAX_WORDS = 10
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
    wanted = [*_of_owner(owner_id), *_at(status), *_matching(q), *_behind(cursor)]
    newest_first = select(Footage).where(*wanted).order_by(Footage.created_at.desc(), Footage.id.desc())
    light = newest_first.options(load_only(*_SHOWN, raiseload=True)).limit(limit + 1)
    found = db.session.scalars(light.execution_options(populate_existing=True)).all()
    shown = found[:limit]
    return FootagePage(shown, _cursor(shown[-1]) if len(found) > limit else None)


def counts(owner_id: int | None) -> dict[str, int]:
    """How many records are at each status, in the order of the pipeline; those with none are told too."""
    counted = select(Footage.status, func.count()).where(*_of_owner(owner_id)).group_by(Footage.status)
    found = dict(db.session.execute(counted).all())
    return {status: found.get(status, 0) for status in states.FOOTAGE}


def _of_owner(owner_id: int | None) -> list[ColumnElement[bool]]:
    return [] if owner_id is None else [Footage.owner_id == owner_id]


def _at(status: str | None) -> list[ColumnElement[bool]]:
    if not status:
        return []
    if status not in states.FOOTAGE:
        allowed = f"it is one of {', '.join(states.FOOTAGE)}"
        raise InvalidInput(f"There is no status {status[:40]!r}: {allowed}.", details={"status": allowed})
    return [Footage.status == status]


def _matching(q: str) -> list[ColumnElement[bool]]:
    words = text.drop_unprintable(q).split()[:MAX_WORDS]
    return [or_(*(column.icontains(word, autoescape=True) for column in SEARCHED)) for word in words]


def _behind(cursor: str | None) -> list[ColumnElement[bool]]:
    if not cursor:
        return []
    created_at, footage_id = cursors.decode(cursor, sort=SORT, key_types=KEY_TYPES).key
    return [tuple_(Footage.created_at, Footage.id) < tuple_(created_at, footage_id)]


def _cursor(footage: Footage) -> str:
    return cursors.encode(cursors.Cursor(SORT, 0, (float(footage.created_at), footage.id)))
