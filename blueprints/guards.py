"""Who may ask, and what every answer says to browsers.

Backbeat listens on loopback and asks for no password, so what must be kept out is other sites in the same browser:
a site whose name is made to point to this machine (the `Host` gives it away), and forms and scripts that send
requests across sites (`Sec-Fetch-Site`, or in old browsers `Origin`, gives them away).
"""

import re

from flask import Flask, Response, request

from config import LOOPBACK_HOSTS
from errors import BackbeatError, Forbidden
from extensions import current_settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})  # "none": typed, or from a bookmark
UNCACHED_PATHS = ("/api/", "/admin")

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class ForeignHost(BackbeatError):
    """The request was sent to a name that is not this machine's."""

    code = "foreign_host"
    http_status = 400


def init_app(app: Flask) -> None:
    app.before_request(refuse_foreign_host)
    app.before_request(refuse_foreign_site)
    app.before_request(refuse_changes_if_read_only)
    app.after_request(add_security_headers)
    app.jinja_env.globals["read_only"] = app.extensions["backbeat_settings"].read_only


def refuse_foreign_host() -> None:
    """:raise ForeignHost: if `Host` is missing or names another machine."""
    match = _HOST.fullmatch(request.headers.get("Host", ""))
    name = match["name"].strip("[]").lower() if match else ""
    if name not in LOOPBACK_HOSTS | {current_settings().host.lower()}:
        raise ForeignHost(
            "Backbeat answers on this machine only: the Host header must name 127.0.0.1, localhost or [::1]."
        )


def refuse_foreign_site() -> None:
    """:raise Forbidden: if another site asks to change something."""
    if request.method not in SAFE_METHODS and not _from_own_site():
        raise Forbidden("Another site may not change anything here.", code="cross_site")


def refuse_changes_if_read_only() -> None:
    """:raise Forbidden: if something is to be changed where `READ_ONLY` forbids it."""
    if request.method not in SAFE_METHODS and current_settings().read_only:
        raise Forbidden("This Backbeat is read only (READ_ONLY=true): it shows, and changes nothing.", code="read_only")


def _from_own_site() -> bool:
    """`Sec-Fetch-Site` decides, since no script can forge it; `Origin` only where a browser does not send that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITE
    origin = request.headers.get("Origin")
    return origin is None or _is_own_origin(origin)


def _is_own_origin(origin: str) -> bool:
    scheme, separator, host = origin.partition("://")
    return bool(separator) and scheme in {"http", "https"} and host.lower() == request.headers["Host"].lower()


def add_security_headers(response: Response) -> Response:
    response.headers.extend(SECURITY_HEADERS)
    if request.path.startswith(UNCACHED_PATHS):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
