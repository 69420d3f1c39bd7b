"""Whether everybody may come in: only as long as nobody else can reach it and nobody has been named."""

from sqlalchemy import exists, or_, select

import clock
from config import Settings
from extensions import current_settings, db
from models import ApiKey, OneTimeLink, User
from services.access import keys, memory, people


def is_open() -> bool:
    """Whether whoever asks may do everything. What another process changes is noticed within a second."""
    if is_never_open(current_settings()):
        return False
    return memory.current().recall(memory.OPEN, _is_nobody_named)


def is_never_open(settings: Settings) -> bool:
    """Whether the settings alone say that it is closed."""
    return not settings.is_local or bool(settings.api_keys)


def _is_nobody_named() -> bool:
    named = people.anybody() or keys.any_unrevoked()
    db.session.rollback()
    return not named


def can_anyone_come_in() -> bool:
    """Whether a closed Backbeat lets anybody in: by a password, a key, or a link to choose a password."""
    if current_settings().api_keys:
        return True
    enabled = User.disabled_at.is_(None)
    key = exists().where(ApiKey.user_id == User.id, ApiKey.revoked_at.is_(None))
    link = exists().where(
        OneTimeLink.user_id == User.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > clock.now()
    )
    found = db.session.scalar(select(User.id).where(enabled, or_(people.can_sign_in(), key, link)).limit(1))
    db.session.rollback()
    return found is not None
