"""What `REDIS_URL` may be, and how a connection pool or a client is made of it."""

import re
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from redis import ConnectionPool, Redis

import sentinels

SCHEMES = ("redis", "rediss", "unix", *sentinels.SCHEMES)
ESCAPES = "a port is a number from 1 to 65535, and /, ?, # and @ of a password are written as %2F, %3F, %23 and %40"

P = TypeVar("P", bound=ConnectionPool)


def check(url: str) -> str:
    """The same address.

    :raise ValueError: if no client can be made of it, saying what is wrong.
    """
    if _scheme(url) not in SCHEMES:
        *others, last = (f"{scheme}://" for scheme in SCHEMES)
        raise ValueError(f"it must begin with {', '.join(others)} or {last}")
    try:
        pool(url, ConnectionPool).make_connection()
    except TypeError as e:  # redis-py hands what it does not know to its connection
        unknown = re.search(r"argument '(\w+)'", str(e))
        raise ValueError(f"{unknown[1] if unknown else e} is no option of a connection") from e
    return url


def _scheme(url: str) -> str:
    """:raise ValueError: in words of our own: what the standard library says shows parts of a password."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in sentinels.SCHEMES or parts.port != 0:
            return parts.scheme
    raise ValueError(f"its host and port cannot be read; {ESCAPES}")


def pool(url: str, kind: type[P], **options: Any) -> P:
    """What the address says goes before `options`, which are redis-py's.

    No connection tells the server which library it is of: that would cost each new one two round trips and a search of
    the disk for the version, and a worker makes two for each ring.
    """
    options = {"driver_info": None, **options}
    if sentinels.is_sentinel_url(url):
        return kind(**{**options, **sentinels.connection_options(url)})
    made: P = kind.from_url(url, **options)
    return made


def client(url: str, **options: Any) -> Redis:
    """A client with a pool of its own, which is closed with it."""
    return Redis.from_pool(pool(url, ConnectionPool, **options))


def without_password(url: str) -> str:
    """The address as it may be shown: without all that a careless hand may have meant as user and password."""
    url = re.sub(r"^([\w+.-]*://)?.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(?<=password=)[^&]*", "***", url)
