"""Links that let whoever has one choose a password, once: the first person, or one who was invited or forgot it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

import clock
from errors import Conflict, NotFound
from extensions import db, transaction
from models import OneTimeLink, User
from services import audit
from services.access import memory, passwords, people, roles, tokens
from services.access.names import check_name
from services.library import users

FIRST_PERSON_SECONDS = 24 * 3600
PASSWORD_SECONDS = 72 * 3600
START = "the start"
PRUNE_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link is for: a password for `user`, or without one the first person."""

    user: User | None
    expires_at: float


def first_person_link() -> str:
    """The token of a link by which the first person is made.

    Earlier ones go on until there is somebody: the start prints one, and must not end one that is open in a browser.

    :raise Conflict: if there is a person already.
    """
    if people.anybody():
        raise Conflict("There are people already; one of the admins can invite more.")
    with transaction() as session:
        return _make(session, None, seconds=FIRST_PERSON_SECONDS, actor=START)


def password_link(user_id: int, *, actor: str) -> str:
    """The token of a link by which that person chooses a password; earlier ones of theirs end.

    :raise NotFound: if there is no such person. :raise Conflict: if they are disabled.
    """
    user = people.get(user_id)
    if user.disabled_at is not None:
        raise Conflict(f"{user.name} is disabled; enable them first.")
    name = user.name
    with transaction() as session:
        token = _make(session, user_id, seconds=PASSWORD_SECONDS, actor=actor)
        audit.write(session, actor, "link_create", "person", str(user_id), details={"title": name})
    return token


def _make(session: Session, user_id: int | None, *, seconds: float, actor: str) -> str:
    token, now = tokens.new(), clock.now()
    if user_id is not None:
        people.end_links(session, user_id)
    session.add(
        OneTimeLink(
            digest=tokens.digest(token),
            user_id=user_id,
            created_at=now,
            created_by=actor[: audit.ACTOR_MAX_CHARS],
            expires_at=now + seconds,
        )
    )
    return token


def find(token: str) -> Invitation | None:
    """What the link is for; None if it cannot be used, or not any more."""
    columns = (OneTimeLink.user_id, OneTimeLink.expires_at)
    row = db.session.execute(select(*columns).where(_holds(token))).one_or_none()
    if row is None:
        return None
    if row.user_id is None:
        return None if people.anybody() else Invitation(None, row.expires_at)
    user = db.session.get(User, row.user_id)
    return None if user is None or user.disabled_at is not None else Invitation(user, row.expires_at)


def _holds(token: str) -> ColumnElement[bool]:
    unused = OneTimeLink.used_at.is_(None) & (OneTimeLink.expires_at > clock.now())
    return (OneTimeLink.digest == tokens.digest(token)) & unused


def use(token: str, *, name: str | None, password: str) -> User:
    """Give the person of the link that password; the first person is made, with that name, as an admin.

    :raise NotFound: if the link cannot be used any more. :raise InvalidInput: if the name or password cannot be; the
        link then still can. :raise Conflict: if the name is taken.
    """
    invitation = find(token)
    if invitation is None:
        raise _over()
    chosen = check_name(name or "") if invitation.user is None else invitation.user.name
    passwords.check_password(password, name=chosen)
    password_hash = passwords.hash_password(password)
    users.default_owner()  # the first person needs a row to take over
    with people.one_of_a_name(chosen), transaction() as session:
        user = _use(session, token, chosen, password_hash)
    memory.forget()
    return user


def _use(session: Session, token: str, name: str, password_hash: str) -> User:
    # Guarded: of two who open it at once one only gets through.
    used = update(OneTimeLink).where(_holds(token)).values(used_at=clock.now()).returning(OneTimeLink.user_id)
    row = session.execute(used.execution_options(synchronize_session=False)).one_or_none()
    if row is None:
        raise _over()
    if row.user_id is not None:
        return _set_password(session, row.user_id, password_hash)
    if session.scalar(select(User.id).where(people.is_person()).limit(1)) is not None:
        raise _over()
    return people.add(session, name, roles.ADMIN, password_hash=password_hash, actor=name)


def _set_password(session: Session, user_id: int, password_hash: str) -> User:
    user = session.get_one(User, user_id)
    if user.disabled_at is not None:
        raise _over()
    return people.set_password(session, user_id, password_hash, actor=user.name)


def _over() -> NotFound:
    return NotFound("This link has been used or has expired; ask for a new one.", code="link_over")


def prune() -> int:
    """Forget those that can be used no more, some at a time; how many."""
    over = or_(OneTimeLink.used_at.is_not(None), OneTimeLink.expires_at < clock.now())
    some = select(OneTimeLink.digest).where(over).limit(PRUNE_BATCH).scalar_subquery()
    with transaction() as session:
        statement = delete(OneTimeLink).where(OneTimeLink.digest.in_(some)).returning(OneTimeLink.digest)
        return len(session.scalars(statement.execution_options(synchronize_session=False)).all())
