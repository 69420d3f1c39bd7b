"""People and keys in lists, page by page, for those who look after them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from extensions import db
from models import ApiKey, Song, User
from services.access import people
from services.access.names import login_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person, and how much is theirs; keys are those that are not revoked."""

    user: User
    keys: int
    songs: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    lines: Sequence[PersonLine]
    matching: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class KeyLine:
    key: ApiKey
    owner: User


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Keys in use, or revoked ones; and how many there are of both."""

    lines: Sequence[KeyLine]
    in_use: int
    revoked: int
    next_cursor: int | None


def people_page(query: str = "", after: str = "") -> PeoplePage:
    """People whose name holds `query`, by name, after the login `after`."""
    is_wanted = people.is_person() & User.login.contains(login_of(query), autoescape=True)
    keys = select(func.count()).where(ApiKey.user_id == User.id, ApiKey.revoked_at.is_(None)).scalar_subquery()
    songs = select(func.count()).where(Song.owner_id == User.id).scalar_subquery()
    page = select(User, keys, songs).where(is_wanted, User.login > after).order_by(User.login).limit(PER_PAGE + 1)
    rows = db.session.execute(page).all()
    lines = [PersonLine(*row) for row in rows[:PER_PAGE]]
    matching = db.session.scalar(select(func.count()).select_from(User).where(is_wanted)) or 0
    return PeoplePage(lines, matching, lines[-1].user.login if len(rows) > PER_PAGE else None)


def key_page(*, revoked: bool = False, before: int | None = None) -> KeyPage:
    """Keys, the newest first, before the id `before`."""
    is_revoked = ApiKey.revoked_at.is_not(None)
    page = select(ApiKey, User).join(User, User.id == ApiKey.user_id).where(is_revoked if revoked else ~is_revoked)
    if before is not None:
        page = page.where(ApiKey.id < before)
    rows = db.session.execute(page.order_by(ApiKey.id.desc()).limit(PER_PAGE + 1)).all()
    lines = [KeyLine(*row) for row in rows[:PER_PAGE]]
    in_use, gone = db.session.execute(select(func.count(), func.count(ApiKey.revoked_at)).select_from(ApiKey)).one()
    return KeyPage(lines, in_use - gone, gone, lines[-1].key.id if len(rows) > PER_PAGE else None)


def names(limit: int) -> Sequence[str]:
    """Names of people who are not disabled, to choose from."""
    able = select(User.name).where(people.is_person(), User.disabled_at.is_(None))
    return db.session.scalars(able.order_by(User.login).limit(limit)).all()
