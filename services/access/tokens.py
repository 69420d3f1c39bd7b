"""Secrets that stand for somebody: long enough that nobody guesses them, and kept as digests only."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new() -> str:
    """URL-safe, 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """SHA-256 in hex. It needs no salt and no slowness: the token is random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
