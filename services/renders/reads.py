"""What is told of renders: one, with all that was said of it, and lists in which what is waited for comes first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, select

from errors import NotFound
from extensions import db
from models import Render, RenderEvent
from services.library.cursors import Cursor, decode, encode
from services.library.pages import Page, checked_limit
from services.renders import states
from services.renders.stuck import is_given_up, is_stuck

SORT = "stuck_first"
# Those under way, the oldest first, since they are the likeliest to be stuck; so those that were given up and are still
# looked for; then the others, the newest first.
UNDER_WAY, GIVEN_UP, OVER = 0, 1, 2
EVENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RenderTold:
    """A render and what was said of it, the newest first."""

    render: Render
    events: Sequence[RenderEvent]


def no_such_render(render_id: str) -> NotFound:
    return NotFound(f"There is no render {render_id[:80]!r}.", code="no_such_render")


def get_render(render_id: str) -> Render:
    """:raise NotFound: if there is no such render."""
    render = db.session.get(Render, render_id, populate_existing=True)
    if render is None:
        raise no_such_render(render_id)
    return render


def told(render_id: str) -> RenderTold:
    """:raise NotFound: if there is no such render."""
    newest_first = select(RenderEvent).where(RenderEvent.render_id == render_id).order_by(RenderEvent.id.desc())
    return RenderTold(get_render(render_id), db.session.scalars(newest_first.limit(EVENTS_SHOWN)).all())


def page(
    owner_id: int | None,
    *,
    status: str | None = None,
    stuck: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Render]:
    """Somebody's renders, or everybody's; only those that are stuck, or are not, where that is said.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    segment, after_id = _place(cursor)
    meant = _meant(owner_id, status, stuck)
    found: list[Render] = []
    for each in range(segment, OVER + 1):
        found += db.session.scalars(_query(each, after_id).where(*meant).limit(limit + 1 - len(found)))
        after_id = None
        if len(found) > limit:
            break
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1]) if len(found) > limit else None, None)


def _place(cursor: str | None) -> tuple[int, str | None]:
    if not cursor:
        return UNDER_WAY, None
    place = decode(cursor, sort=SORT, key_types=((str,), (str,), (str,)))
    return place.segment, str(place.key[0])


def _cursor(last: Render) -> str:
    return encode(Cursor(SORT, _segment_of(last), (last.id,)))


def _segment_of(render: Render) -> int:
    if render.status == states.PROCESSING:
        return UNDER_WAY
    return GIVEN_UP if render.status == states.EXPIRED and render.check_at is not None else OVER


def _meant(owner_id: int | None, status: str | None, stuck: bool | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if owner_id is not None:
        found.append(Render.owner_id == owner_id)
    if status is not None:
        found.append(Render.status == status)
    if stuck is not None:
        found.append(is_stuck() if stuck else ~is_stuck())
    return found


def _query(segment: int, after_id: str | None) -> Select[Render]:
    is_oldest_first = segment != OVER
    query = select(Render).where(_part(segment)).order_by(Render.id if is_oldest_first else Render.id.desc())
    if after_id is not None:
        query = query.where(Render.id > after_id if is_oldest_first else Render.id < after_id)
    return query.execution_options(populate_existing=True)


def _part(segment: int) -> ColumnElement[bool]:
    if segment == UNDER_WAY:
        return Render.status == states.PROCESSING
    return is_given_up() if segment == GIVEN_UP else and_(Render.status != states.PROCESSING, ~is_given_up())
