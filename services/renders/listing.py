"""Everybody's renders for operators: the newest first, and how many are meant."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import defer

from extensions import db
from models import Render, RenderCycle, User
from services.library import cursors
from services.library.pages import Page, checked_limit
from services.renders import states, targets
from services.renders.filters import RenderFilter

SORT = "newest"
KEY_TYPES = ((str,),)  # id
RETRYABLE = (states.FAILED, states.EXPIRED)
CYCLES_SHOWN = 12
PEOPLE_OFFERED = 200


def page(wanted: RenderFilter, *, cursor: str = "", limit: int = 50) -> Page[Render]:
    """:raise InvalidInput: naming the argument that is not acceptable."""
    checked_limit(limit)
    query = select(Render).where(*wanted.conditions())
    if cursor:
        (after_id,) = cursors.decode(cursor, sort=SORT, key_types=KEY_TYPES).key
        query = query.where(Render.id < str(after_id))
    light = query.order_by(Render.id.desc()).limit(limit + 1).options(defer(Render.inputs), defer(Render.token))
    found = db.session.scalars(light.execution_options(populate_existing=True)).all()
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1]) if len(found) > limit else None, None)


def counts() -> dict[str, int]:
    """How many renders are at each status; those with none are told too."""
    found = dict(db.session.execute(select(Render.status, func.count()).group_by(Render.status)).all())
    return {status: found.get(status, 0) for status in states.ALL}


def retryable(wanted: RenderFilter) -> tuple[int, int]:
    """How many that are meant can be made anew together, and how many others are meant."""
    counted = select(func.count(), func.count().filter(_is_retryable())).where(*wanted.conditions())
    meant, fitting = db.session.execute(counted).one()
    return fitting, meant - fitting


def ids_to_retry(wanted: RenderFilter, limit: int) -> Sequence[str]:
    """The oldest of those that are meant and can be made anew together."""
    fitting = select(Render.id).where(*wanted.conditions(), _is_retryable())
    return db.session.scalars(fitting.order_by(Render.id).limit(limit)).all()


def _is_retryable() -> ColumnElement[bool]:
    """It failed or was given up, and its target was given no later one, which what is made of it would overwrite."""
    its_own = [
        and_(Render.target_type == kind, exists().where(table.id == Render.target_id, table.render_id == Render.id))
        for kind, table in targets.TABLES.items()
    ]
    return and_(Render.status.in_(RETRYABLE), or_(*its_own))


def newest_id() -> str:
    """Renders that are made later have a greater one; empty if there is none yet."""
    return db.session.scalar(select(func.max(Render.id))) or ""


def last_cycles(limit: int = CYCLES_SHOWN) -> Sequence[RenderCycle]:
    """The newest first."""
    newest = select(RenderCycle).order_by(RenderCycle.started_at.desc(), RenderCycle.id.desc()).limit(limit)
    return db.session.scalars(newest.execution_options(populate_existing=True)).all()


def names_of(owner_ids: Sequence[int]) -> Mapping[int, str]:
    """What people are called."""
    named = select(User.id, User.name).where(User.id.in_(set(owner_ids)))
    return dict(db.session.execute(named).all()) if owner_ids else {}


def owners() -> Mapping[int, str]:
    """The people who have renders, for a list to choose from."""
    having = select(Render.owner_id).distinct().limit(PEOPLE_OFFERED)
    named = select(User.id, User.name).where(User.id.in_(having)).order_by(User.name)
    return dict(db.session.execute(named).all())


def _cursor(last: Render) -> str:
    return cursors.encode(cursors.Cursor(SORT, 0, (last.id,)))
