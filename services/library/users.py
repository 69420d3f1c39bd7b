"""Owners of songs and playlists."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import clock
from errors import InvalidInput
from extensions import db, transaction
from models import User
from services.library import text

DEFAULT_OWNER_NAME = "My library"
USER_NAME_MAX_CHARS = 120


def default_owner() -> User:
    """The first user, made on the first start."""
    first = select(User).order_by(User.id).limit(1)
    return db.session.scalar(first) or owner_named(DEFAULT_OWNER_NAME)


def owner_named(name: str) -> User:
    """The user of that name, made if there is none. Two who ask at once get the same one.

    :raise InvalidInput: if nothing is left of the name once it is cleaned.
    """
    name = text.clean(name, field="owner", max_chars=USER_NAME_MAX_CHARS)
    if not name:
        raise InvalidInput("An owner needs a name.", details={"owner": "a name is needed."})
    named = select(User).where(User.name == name)
    try:
        with transaction() as session:
            user = session.scalar(named)
            if user is None:
                user = User(name=name, created_at=clock.now())
                session.add(user)
    except IntegrityError:
        user = db.session.scalars(named).one()  # somebody else was first
    return user
