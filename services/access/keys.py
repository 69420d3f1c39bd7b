"""API keys: a program's way in, shown once, kept as a digest."""

import hmac
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, update

import clock
from config import Settings
from errors import InvalidInput, NotFound
from extensions import current_settings, db, transaction
from models import ApiKey, User
from services import audit
from services.access import memory, people, roles, tokens, traces
from services.access.identity import SETTINGS_KEY, Identity
from services.access.names import check_name
from services.library import users

BEGIN = "bb_"
PREFIX_CHARS = 9  # of the text, shown to tell keys apart: six that are random


def create(user_id: int, name: str, role: str, *, actor: str, maker_role: str = roles.ADMIN) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can see again. It acts for that user.

    :raise InvalidInput: if the name cannot be, or the role is above the maker's or the person's.
    :raise NotFound: if there is no such user.
    """
    name = check_name(name)
    people.check_role(role)
    if not roles.includes(maker_role, role):
        raise _too_high(role, f"your own role is {maker_role}")
    text = BEGIN + tokens.new()
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound("There is no such person.")
        if user.login is not None and not roles.includes(user.role, role):
            raise _too_high(role, f"the role of {user.name} is {user.role}")
        key = ApiKey(
            user_id=user_id,
            name=name,
            prefix=text[:PREFIX_CHARS],
            digest=tokens.digest(text),
            role=role,
            created_at=clock.now(),
            created_by=actor[: audit.ACTOR_MAX_CHARS],
            revoked_by="",
        )
        session.add(key)
        session.flush()
        details = {"title": name, "owner": user.name, "role": role, "prefix": key.prefix}
        audit.write(session, actor, "key_create", "key", str(key.id), details=details)
    memory.forget()
    return key, text


def _too_high(role: str, why: str) -> InvalidInput:
    message = f"A key cannot have the role {role}: {why}."
    return InvalidInput(message, details={"role": message})


def identity_of(text: str) -> Identity | None:
    """Whom the key acts for; None if it does not hold."""
    digest = tokens.digest(text)
    if is_of_settings(digest, current_settings()):
        return memory.current().recall(SETTINGS_KEY, _of_settings)
    return memory.current().recall(memory.of_key(digest), partial(_find, digest))


def is_of_settings(digest: str, settings: Settings) -> bool:
    """Compared with all of them, so that the time tells nothing."""
    matching = [hmac.compare_digest(tokens.digest(key), digest) for key in settings.api_keys]
    return any(matching)


def _of_settings() -> Identity:
    return Identity("key", users.default_owner().id, SETTINGS_KEY, roles.OPERATOR)


def _find(digest: str) -> Identity | None:
    columns = (ApiKey.id, ApiKey.digest, ApiKey.name, ApiKey.role, ApiKey.used_at, ApiKey.user_id)
    theirs = (User.name.label("owner"), User.role.label("owner_role"), User.login)
    found = select(*columns, *theirs).join(User, User.id == ApiKey.user_id)
    held = found.where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None), User.disabled_at.is_(None))
    row = db.session.execute(held).one_or_none()
    db.session.rollback()
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    now = clock.now()
    if row.used_at is None or now - row.used_at >= traces.EVERY_SECONDS:
        traces.leave(update(ApiKey).where(ApiKey.id == row.id).values(used_at=now))
    # A key made by an admin must not stay one when the person no longer is.
    role = row.role if row.login is None else roles.lower(row.role, row.owner_role)
    return Identity("key", row.user_id, f"{row.owner}, key {row.name}", role, row.id)


def revoke(key_id: int, *, actor: str, user_id: int | None = None) -> ApiKey:
    """Once, and for good. With `user_id` only one of that person's.

    :raise NotFound: if there is no such key.
    """
    with transaction() as session:
        key = session.get(ApiKey, key_id, with_for_update=True)
        if key is None or user_id not in (None, key.user_id):
            raise NotFound("There is no such key.")
        is_news = key.revoked_at is None
        if is_news:
            key.revoked_at, key.revoked_by = clock.now(), actor[: audit.ACTOR_MAX_CHARS]
            details = {"title": key.name, "prefix": key.prefix}
            audit.write(session, actor, "key_revoke", "key", str(key_id), details=details)
    if is_news:
        memory.forget()
    return key


def all_keys() -> Sequence[tuple[ApiKey, User]]:
    """Every key and whom it acts for, revoked ones too, the newest first."""
    rows = db.session.execute(select(ApiKey, User).join(User, User.id == ApiKey.user_id).order_by(ApiKey.id.desc()))
    return [(key, user) for key, user in rows]


def of_user(user_id: int) -> Sequence[ApiKey]:
    """Theirs, revoked ones too, the newest first."""
    return db.session.scalars(select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id.desc())).all()


def any_unrevoked() -> bool:
    return db.session.scalar(select(ApiKey.id).where(ApiKey.revoked_at.is_(None)).limit(1)) is not None
