"""Secrets that must be read again: those that sign webhooks, and addresses that hold passwords."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import secret_key
from errors import Unavailable
from extensions import current_settings


def seal(text: str) -> bytes:
    """The text, encrypted and signed (Fernet) with a key that HKDF (RFC 5869) derives from `SECRET_KEY`."""
    return _fernet().encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """:raise Unavailable: if it was sealed with another `SECRET_KEY`."""
    try:
        return _fernet().decrypt(sealed).decode()
    except InvalidToken as e:
        raise Unavailable("A secret cannot be read: SECRET_KEY has changed since it was kept. Make a new one.") from e


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"backbeat vault").derive(
        secret_key(current_settings()).encode()
    )
    return Fernet(urlsafe_b64encode(derived))
