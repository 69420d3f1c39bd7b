"""What is refused whoever asks, and what every answer says to browsers.

A site whose name is made to point to this machine is given away by the `Host` it sends; forms and scripts of other
sites by `Sec-Fetch-Site`, or in old browsers by `Origin`. Who may have what `blueprints/access` asks after this.
"""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request

from blueprints.actor import identity_or_none
from config import LOOPBACK_HOSTS, Settings, is_address
from errors import BackbeatError, Forbidden
from extensions import current_settings

WAY_IN = "sign_in"  # the blueprint by which people come in and leave
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})  # "none": typed, or from a bookmark
UNCACHED_PATHS = ("/api/", "/async/", "/episodes", "/run/", "/status", "/internal/", "/admin")

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TLS_ONLY = "max-age=31536000"


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
    if not is_our_host(request.headers.get("Host", ""), current_settings()):
        raise ForeignHost(
            "Backbeat does not answer to that name: the Host header must name 127.0.0.1, localhost, [::1], or what "
            "HOST, PUBLIC_URL and ALLOWED_HOSTS say."
        )


def is_our_host(host: str, settings: Settings) -> bool:
    """Whether a `Host` header names this machine. Pure.

    An address is never somebody else's name for this machine, so any will do where others may reach it.
    """
    match = _HOST.fullmatch(host)
    name = match["name"].strip("[]").lower() if match else ""
    named = {settings.host, urlsplit(settings.public_url or "").hostname or "", *settings.allowed_hosts}
    if name in LOOPBACK_HOSTS or (name and name in {each.lower() for each in named}):
        return True
    return is_address(name) and not settings.is_local


def refuse_foreign_site() -> None:
    """:raise Forbidden: if another site asks to change something."""
    if request.method not in SAFE_METHODS and not _from_own_site():
        raise Forbidden("Another site may not change anything here.", code="cross_site")


def refuse_changes_if_read_only() -> None:
    """:raise Forbidden: if something is to be changed where `READ_ONLY` forbids it."""
    if request.method not in SAFE_METHODS and current_settings().read_only and request.blueprint != WAY_IN:
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


def security_headers(settings: Settings) -> dict[str, str]:
    """What every answer says. Pure."""
    return SECURITY_HEADERS | ({"Strict-Transport-Security": TLS_ONLY} if settings.is_encrypted else {})


def add_security_headers(response: Response) -> Response:
    response.headers.extend(security_headers(current_settings()))
    if request.path.startswith(UNCACHED_PATHS) or _is_personal():
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_personal() -> bool:
    """Whether the next person at this computer must not find the answer in its cache."""
    identity = identity_or_none()
    return identity is not None and identity.kind == "person"
