"""Passwords: what they must be, and how they are kept."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from errors import InvalidInput

MIN_CHARS, MAX_CHARS = 12, 256

# Argon2id with 19 MiB, two passes and one lane: OWASP's Password Storage Cheat Sheet. Little memory, since each
# thread of each web process may be at it.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(text: str) -> str:
    return _HASHER.hash(_bytes(text))


def matches(password_hash: str | None, text: str) -> bool:
    """Whether `text` is the password. Where there is none (None) that is as slow to say, and False."""
    looked_at = text[: MAX_CHARS + 1]  # of what is too long to be one, enough to be wrong
    try:
        return _HASHER.verify(password_hash or _nobodys_hash(), _bytes(looked_at)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def check_password(text: str, field: str = "password", *, name: str = "") -> None:
    """Length alone makes a password good (NIST SP 800-63B): no classes of characters are asked for.

    :raise InvalidInput: if it is blank, too short, too long, or the person's own `name`.
    """
    allowed = f"{MIN_CHARS} to {MAX_CHARS} characters; several words make a good one."
    if not text.strip():
        raise _refusal(field, f"A password is needed: {allowed}")
    if not MIN_CHARS <= len(text) <= MAX_CHARS:
        raise _refusal(field, f"This password has {len(text):,} characters; it needs {allowed}")
    if text.strip().casefold() == name.strip().casefold():
        raise _refusal(field, "A name is no password: everybody knows it.")


def _refusal(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, code="weak_password", details={field: message})


def _bytes(text: str) -> bytes:
    """The same for the same password typed on another keyboard; halves of surrogate pairs are let through."""
    return unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")


@cache
def _nobodys_hash() -> str:
    return hash_password("the password of nobody")
