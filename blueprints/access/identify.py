"""Finding out who asks: a key, a browser that is signed in, or whoever is at this machine while Backbeat is open."""

from contextlib import suppress
from typing import Any

from flask import g, request, session
from sqlalchemy.exc import SQLAlchemyError

from blueprints.access.rules import PUBLIC, needed
from blueprints.actor import identity_or_none
from blueprints.guards import WAY_IN
from config import LOOPBACK_HOSTS
from errors import BackbeatError, Forbidden, Unauthenticated
from services.access import keys, memory, openness, sign_ins
from services.access.identity import Identity, local
from services.library.users import default_owner

SIGN_IN = "sign_in"  # where the session holds the token of a sign-in
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP")  # what proxies say of whom they ask for
_MAPPED = "::ffff:"  # an IPv4 address as an IPv6 socket names it


def identify() -> None:
    """Nobody is asked for on what is public, so that it answers even when the database does not."""
    endpoint = request.endpoint
    if endpoint is None:
        with suppress(BackbeatError, SQLAlchemyError):  # the page that says so can do without a name in its frame
            g.identity = _who()
    elif needed(endpoint) != PUBLIC or request.blueprint == WAY_IN:
        g.identity = _who()


def for_templates() -> dict[str, Any]:
    """`must_sign_in` is not said of somebody who was refused before anybody asked who it is."""
    identity = identity_or_none()
    return {"identity": identity, "must_sign_in": "identity" in g and (identity is None or identity.kind != "local")}


def _who() -> Identity | None:
    """:raise Unauthenticated: if a key is sent that does not hold."""
    if openness.is_open():
        _refuse_from_afar()
        return memory.current().recall(memory.LOCAL, _local)
    key = presented_key()
    if key is not None:
        return _of_key(key)
    token = session.get(SIGN_IN)
    return sign_ins.identity_of(token) if isinstance(token, str) else None


def _local() -> Identity:
    return local(default_owner().id)


def presented_key() -> str | None:
    """The key of `x-api-key`, or of `Authorization: Bearer`, as monitoring sends it."""
    if "x-api-key" in request.headers:
        return request.headers["x-api-key"].strip()
    authorization = request.authorization
    return authorization.token if authorization is not None and authorization.type == "bearer" else None


def _of_key(key: str) -> Identity:
    identity = keys.identity_of(key)
    if identity is None:
        raise Unauthenticated(
            "The key that was sent does not hold: it was never made here, or has been revoked.", code="bad_key"
        )
    return identity


def _refuse_from_afar() -> None:
    """Whatever name the request bears: a proxy or tunnel on this machine passes on what others ask.

    :raise Forbidden: if an open Backbeat is reached from elsewhere.
    """
    if not is_near(request.remote_addr) or any(name in request.headers for name in PASSED_ON):
        raise Forbidden("Nobody can sign in here yet, so it answers on this machine only.", code="not_from_here")


def is_near(remote_addr: str | None) -> bool:
    """Whether that is an address of this machine, or a socket of its own that has none. Pure."""
    address = (remote_addr or "localhost").removeprefix(_MAPPED)
    return address in LOOPBACK_HOSTS or address.startswith("127.")
