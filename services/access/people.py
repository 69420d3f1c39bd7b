"""People who can sign in: making them, their roles, and shutting them out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import OneTimeLink, SignIn, User
from services import audit
from services.access import limits, memory, passwords, roles, tokens
from services.access.names import check_name, login_of
from services.library import users


def is_person() -> ColumnElement[bool]:
    return User.login.is_not(None)


def can_sign_in() -> ColumnElement[bool]:
    return User.login.is_not(None) & User.disabled_at.is_(None) & User.password_hash.is_not(None)


def all_people() -> Sequence[User]:
    """Everybody with a login, disabled or not, by name."""
    return db.session.scalars(select(User).where(is_person()).order_by(User.login)).all()


def anybody() -> bool:
    """Whether there is a person at all; a disabled one counts."""
    return db.session.scalar(select(User.id).where(is_person()).limit(1)) is not None


def get(user_id: int) -> User:
    """:raise NotFound: if there is no such person."""
    return _person(db.session(), user_id)


def named(name: str) -> User:
    """:raise NotFound: if nobody has that name."""
    user = db.session.scalar(select(User).where(User.login == login_of(name)))
    if user is None:
        raise NotFound(f"There is nobody named {name[: users.USER_NAME_MAX_CHARS]!r}.")
    return user


def create(name: str, role: str, *, password: str | None, actor: str) -> User:
    """A new person. The very first takes the first owner's library over.

    :raise InvalidInput: if the name, role or password cannot be. :raise Conflict: if the name is taken.
    """
    name = check_name(name)
    check_role(role)
    if password is not None:
        passwords.check_password(password, name=name)
    password_hash = None if password is None else passwords.hash_password(password)
    users.default_owner()  # the first person needs a row to take over
    with one_of_a_name(name), transaction() as session:
        user = add(session, name, role, password_hash=password_hash, actor=actor)
    memory.forget()
    return user


def add(session: Session, name: str, role: str, *, password_hash: str | None, actor: str) -> User:
    """The same within the caller's transaction, with what is checked already."""
    login = login_of(name)
    is_first = not anybody()
    if is_first and role != roles.ADMIN:
        raise Conflict("The first person must be an admin, or nobody could let others in.", code="admin_needed")
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise _name_taken(name)
    facts = {"name": name, "login": login, "role": role, "password_hash": password_hash}
    user = _take_over(session, facts, is_first=is_first) or User(created_at=clock.now(), **facts)
    session.add(user)
    session.flush()
    audit.write(session, actor, "person_create", "person", str(user.id), details={"title": name, "role": role})
    return user


def _take_over(session: Session, facts: dict[str, str | None], *, is_first: bool) -> User | None:
    """The row that this person is to have: of the library that has their name, or of the first owner."""
    if is_first:
        wanted = session.scalar(select(User.id).order_by(User.id).limit(1))
    else:
        wanted = session.scalar(select(User.id).where(User.name == facts["name"]))
    # Guarded: two who are the first at once must not get the same row.
    statement = update(User).where(User.id == wanted, User.login.is_(None)).values(**facts).returning(User.id)
    taken = session.scalar(statement.execution_options(synchronize_session=False))
    return None if taken is None else session.get_one(User, taken, populate_existing=True)


def set_role(user_id: int, role: str, *, actor: str) -> User:
    """:raise InvalidInput: if there is no such role. :raise Conflict: if nobody would be left to manage people."""
    check_role(role)
    with transaction() as session:
        user = _person(session, user_id)
        if role != roles.ADMIN:
            _keep_an_admin(session, user)
        user.role = role
        audit.write(session, actor, "person_role", "person", str(user_id), details={"title": user.name, "role": role})
    memory.forget()
    return user


def disable(user_id: int, *, actor: str) -> User:
    """Shut a person out at once, their browsers and their keys; what is theirs stays.

    :raise Conflict: if nobody would be left to manage people.
    """
    with transaction() as session:
        user = _person(session, user_id)
        _keep_an_admin(session, user)
        if user.disabled_at is None:
            user.disabled_at = clock.now()
            end_sign_ins(session, user_id)
            end_links(session, user_id)
            audit.write(session, actor, "person_disable", "person", str(user_id), details={"title": user.name})
    memory.forget()
    return user


def enable(user_id: int, *, actor: str) -> User:
    """Let a person in again, with the password and the keys that they had."""
    with transaction() as session:
        user = _person(session, user_id)
        if user.disabled_at is not None:
            user.disabled_at = None
            audit.write(session, actor, "person_enable", "person", str(user_id), details={"title": user.name})
    memory.forget()
    return user


def change_password(user_id: int, old: str, new: str, *, but: str | None = None) -> User:
    """A person's own new password; it signs them out everywhere but where they hold the token `but`.

    :raise InvalidInput: if the old one is wrong, or the new one cannot be. :raise TooManyRequests: at guessing.
    """
    user = get(user_id)
    name, known, login = user.name, user.password_hash, str(user.login)
    db.session.rollback()
    passwords.check_password(new, "new_password", name=name)
    limits.check_account(login)
    if not passwords.matches(known, old):
        message = "That is not your password."
        raise InvalidInput(message, code="wrong_password", details={"old_password": message})
    limits.forgive(login)
    new_hash = passwords.hash_password(new)
    with transaction() as session:
        user = set_password(session, user_id, new_hash, actor=name, but=but)
    memory.forget()
    return user


def set_password(session: Session, user_id: int, new_hash: str, *, actor: str, but: str | None = None) -> User:
    """In the caller's transaction. Who was signed in with the old one is so no longer."""
    user = _person(session, user_id)
    user.password_hash = new_hash
    end_sign_ins(session, user_id, but=but)
    end_links(session, user_id)
    audit.write(session, actor, "password_change", "person", str(user_id), details={"title": user.name})
    return user


def end_sign_ins(session: Session, user_id: int, *, but: str | None = None) -> None:
    """In the caller's transaction: everywhere but where they hold the token `but`."""
    theirs = delete(SignIn).where(SignIn.user_id == user_id)
    if but is not None:
        theirs = theirs.where(SignIn.digest != tokens.digest(but))
    session.execute(theirs.execution_options(synchronize_session=False))


def end_links(session: Session, user_id: int) -> None:
    """In the caller's transaction: none of their links that are unused can be used any more."""
    theirs = delete(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None))
    session.execute(theirs.execution_options(synchronize_session=False))


@contextmanager
def one_of_a_name(name: str) -> Iterator[None]:
    """:raise Conflict: if the database finds inside that the name is taken: by a library, or since a moment ago."""
    try:
        yield
    except IntegrityError as e:
        raise _name_taken(name) from e


def _name_taken(name: str) -> Conflict:
    return Conflict(
        f"The name {name!r} is taken; choose another.", code="name_taken", details={"name": "choose another."}
    )


def check_role(role: str) -> None:
    """:raise InvalidInput: if there is no such role."""
    if role not in roles.ROLES:
        message = f"There is no role {role[:20]!r}; it is {', '.join(roles.ROLES[:-1])} or {roles.ADMIN}."
        raise InvalidInput(message, details={"role": message})


def _person(session: Session, user_id: int) -> User:
    user = session.scalar(select(User).where(User.id == user_id, is_person()))
    if user is None:
        raise NotFound("There is no such person.")
    return user


def _keep_an_admin(session: Session, user: User) -> None:
    """:raise Conflict: if `user` is the only admin who can sign in."""
    able = select(User.id).where(can_sign_in(), User.role == roles.ADMIN).order_by(User.id)
    # Locked, so that of two admins who demote each other at once one is refused.
    if list(session.scalars(able.with_for_update())) == [user.id]:
        raise Conflict(
            f"{user.name} is the only admin who can sign in; make somebody else an admin first.", code="last_admin"
        )
