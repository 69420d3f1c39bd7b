"""Signing in and out: a cookie holds a token, and a row says whose it is, and for how long."""

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

import clock
from errors import NotFound, Unauthenticated
from extensions import current_settings, db, transaction
from models import SignIn, User
from services import audit
from services.access import limits, memory, passwords, people, tokens, traces
from services.access.identity import Identity
from services.access.names import login_of

log = structlog.get_logger(__name__)

AGENT_MAX_CHARS, ADDRESS_MAX_CHARS = 200, 45
PRUNE_BATCH = 1000


class WrongCredentials(Unauthenticated):
    """Nobody is told whether it was the name or the password."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("That name and password do not belong together, or may not sign in.")


def sign_in(name: str, password: str, *, address: str, agent: str) -> str:
    """The token of a new sign-in.

    Nobody, a disabled person, one without a password and a wrong one take the same time.

    :raise WrongCredentials: whatever is wrong. :raise TooManyRequests: if that was tried too often.
    """
    limits.check_sign_in(name, address)
    found = select(User.id, User.password_hash, User.disabled_at).where(User.login == login_of(name))
    row = db.session.execute(found).one_or_none()
    db.session.rollback()  # hashing takes a while, and nobody is to wait for it
    known = row.password_hash if row and row.disabled_at is None else None
    if not passwords.matches(known, password) or row is None or known is None:
        log.warning("sign_in_refused", address=address, user_id=row.id if row else None)
        raise WrongCredentials
    newer = passwords.hash_password(password) if passwords.is_outdated(known) else known
    token = _begin(row.id, known, newer, address, agent)
    limits.forgive(name)
    return token


def begin(user_id: int, *, address: str, agent: str) -> str:
    """The token of a new sign-in of somebody who has just chosen a password.

    :raise WrongCredentials: if they may not sign in.
    """
    known = db.session.scalar(select(User.password_hash).where(User.id == user_id))
    if known is None:
        raise WrongCredentials
    return _begin(user_id, known, known, address, agent)


def _begin(user_id: int, known: str, newer: str, address: str, agent: str) -> str:
    token, now = tokens.new(), clock.now()
    # Guarded: they may have been disabled, or got another password, since their hash was read.
    still = (User.id == user_id) & people.can_sign_in() & (User.password_hash == known)
    with transaction() as session:
        name = session.scalar(
            update(User)
            .where(still)
            .values(signed_in_at=now, password_hash=newer)
            .returning(User.name)
            .execution_options(synchronize_session=False)
        )
        if name is None:
            raise WrongCredentials
        session.add(
            SignIn(
                digest=tokens.digest(token),
                user_id=user_id,
                created_at=now,
                seen_at=now,
                address=address[:ADDRESS_MAX_CHARS],
                agent=_printable(agent)[:AGENT_MAX_CHARS],
            )
        )
        details = {"title": name, "address": address[:ADDRESS_MAX_CHARS]}
        audit.write(session, name, "sign_in", "person", str(user_id), details=details)
    return token


def _printable(agent: str) -> str:
    return "".join(character for character in agent if character.isprintable())


def identity_of(token: str) -> Identity | None:
    """Who holds the token; None if it holds no more."""
    digest = tokens.digest(token)
    return memory.current().recall(memory.of_sign_in(digest), partial(_find, digest))


def _find(digest: str) -> Identity | None:
    now = clock.now()
    columns = (SignIn.seen_at, User.id, User.name, User.role)
    lasting = select(*columns).join(User, User.id == SignIn.user_id).where(SignIn.digest == digest, _lasts(now))
    row = db.session.execute(lasting.where(people.can_sign_in())).one_or_none()
    db.session.rollback()
    if row is None:
        return None
    if now - row.seen_at >= traces.EVERY_SECONDS:
        traces.leave(update(SignIn).where(SignIn.digest == digest, SignIn.seen_at < now).values(seen_at=now))
    return Identity("person", row.id, row.name, row.role)


def _lasts(now: float) -> ColumnElement[bool]:
    """Neither too old, nor unused for too long."""
    settings = current_settings()
    return (SignIn.created_at > now - settings.session_hours * 3600) & (
        SignIn.seen_at > now - settings.session_idle_minutes * 60
    )


def sign_out(token: str) -> None:
    """The token holds no more; it does not matter whether it did."""
    _delete(SignIn.digest == tokens.digest(token))


def sign_out_everywhere(user_id: int, but: str | None = None) -> None:
    """End every sign-in of theirs, but for that of the token `but`."""
    with transaction() as session:
        people.end_sign_ins(session, user_id, but=but)
    memory.forget()


def of_user(user_id: int) -> Sequence[SignIn]:
    """Where they are signed in, the latest first."""
    theirs = select(SignIn).where(SignIn.user_id == user_id, _lasts(clock.now()))
    return db.session.scalars(theirs.order_by(SignIn.created_at.desc())).all()


def end(user_id: int, digest: str) -> None:
    """End one of theirs. :raise NotFound: if they have no such sign-in."""
    if not _delete((SignIn.user_id == user_id) & (SignIn.digest == digest)):
        raise NotFound("There is no such sign-in; it may have ended by itself.")


def _delete(which: ColumnElement[bool]) -> int:
    with transaction() as session:
        gone = _delete_where(session, which)
    if gone:  # else whoever keeps an old cookie could have everybody looked up anew, again and again
        memory.forget()
    return gone


def _delete_where(session: Session, which: ColumnElement[bool]) -> int:
    statement = delete(SignIn).where(which).returning(SignIn.digest)
    return len(session.scalars(statement.execution_options(synchronize_session=False)).all())


def prune() -> int:
    """Forget those that hold no more, some at a time; how many."""
    over = select(SignIn.digest).where(~_lasts(clock.now())).limit(PRUNE_BATCH)
    with transaction() as session:
        return _delete_where(session, SignIn.digest.in_(over.scalar_subquery()))
