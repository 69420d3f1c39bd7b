"""Whether whoever asks may have this view, and this thing."""

from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from blueprints.access.rules import OWNED, PUBLIC, STARTS_WORK, needed
from blueprints.actor import current_identity, identity_or_none
from blueprints.error_pages import is_for_programs
from blueprints.guards import SAFE_METHODS
from errors import Forbidden, Unauthenticated
from services.access import limits
from services.access.ownership import refuse_foreign


def refuse_unknown_person() -> Response | None:
    """Send who wants to see a page to the way in, and everybody else away.

    :raise Unauthenticated: to programs, and to forms that were sent after a sign-in was over.
    """
    if identity_or_none() is not None or request.endpoint is None or needed(request.endpoint) == PUBLIC:
        return None
    if is_for_programs():
        raise Unauthenticated("Sign in, or send a key with the header x-api-key.")
    if request.method not in {"GET", "HEAD"}:
        raise Unauthenticated(
            "You are not signed in any more, so nothing was done. Copy what you typed, sign in, and open the page anew."
        )
    query = {"next": request.full_path.rstrip("?")} if request.full_path.rstrip("?") != "/" else {}
    return redirect(url_for("sign_in.sign_in") + (f"?{urlencode(query)}" if query else ""), 303)


def refuse_lower_role() -> None:
    """:raise Forbidden: naming the role that is needed."""
    identity = identity_or_none()
    if identity is None or request.endpoint is None:
        return
    role = needed(request.endpoint)
    if role != PUBLIC and not identity.may(role):
        raise Forbidden(f"This needs the role {role}; yours is {identity.role}.", code="role_needed")


def refuse_what_is_not_theirs() -> None:
    """:raise NotFound: if the address names what is somebody else's."""
    identity = identity_or_none()
    if identity is None:
        return
    for name, value in (request.view_args or {}).items():
        if name in OWNED:
            refuse_foreign(identity, OWNED[name], value)


def refuse_too_many() -> None:
    """:raise TooManyRequests: if one person or key starts work faster than anybody would."""
    if request.method not in SAFE_METHODS and request.endpoint in STARTS_WORK:
        limits.check_analyze(current_identity())
