"""The token that only our own pages know, for browsers that bring their sign-in with every request by themselves.

It is derived from the sign-in (OWASP: HMAC-based token pattern), so it is the same in all of a sign-in's pages: a page
of the console that has not changed can be answered 304. Keys need none, since no browser sends one by itself; neither
does an open Backbeat, which has nothing but where a request comes from to go by (`blueprints/guards.py`).
"""

import hmac
import secrets

from flask import current_app, request, session

from blueprints.access.identify import SIGN_IN
from blueprints.actor import identity_or_none
from blueprints.guards import SAFE_METHODS, WAY_IN
from errors import Forbidden

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
_VISITOR = "visitor"  # where the session of who has not signed in yet holds something of their own


class StaleForm(Forbidden):
    """The token is none, or of another sign-in; nothing was done."""

    code = "csrf_token"

    def __init__(self) -> None:
        super().__init__(
            "This page is older than your sign-in, so nothing was done. Go back, reload it, and send it again."
        )


def csrf_token() -> str:
    """For this page's forms and scripts; empty where none is asked for."""
    if not _is_asked_for():
        return ""
    if SIGN_IN not in session and _VISITOR not in session:
        session[_VISITOR] = secrets.token_urlsafe(32)
    return _derived()


def refuse_without_token() -> None:
    """:raise StaleForm: if the request changes something and does not bring the token."""
    if request.method in SAFE_METHODS or not _is_asked_for():
        return
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), _derived().encode()):
        raise StaleForm


def _is_asked_for() -> bool:
    identity = identity_or_none()
    return request.blueprint == WAY_IN or (identity is not None and identity.kind == "person")


def _derived() -> str:
    own = str(session.get(SIGN_IN) or session.get(_VISITOR) or secrets.token_urlsafe(32))
    return hmac.new(str(current_app.secret_key).encode(), f"csrf:{own}".encode(), "sha256").hexdigest()
