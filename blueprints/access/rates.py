"""How often anybody may call the API: counted for each key and each person, in all processes together.

Not counted is what clients ask every second since they were told to, and the pieces of a file that comes in many.
While Backbeat is open nobody is told from anybody else, so nobody is held back.
"""

from flask import request

from blueprints.actor import identity_or_none
from blueprints.guards import SAFE_METHODS
from services.access import limits

COUNTED = ("/api/", "/async/", "/run/", "/internal/")
POLLS = ("/api/progress/", "/async/jobs/")  # with an id behind it; the first has a form for many
PIECES, PIECE_METHODS = "/api/uploads/", frozenset({"PATCH", "HEAD"})


def refuse_too_many_calls() -> None:
    """:raise TooManyRequests: if a key or person has called more often than `API_CALLS_PER_MINUTE`."""
    identity = identity_or_none()
    if identity is not None and identity.kind != "local" and is_counted(request.method, request.path):
        limits.check_call(identity)


def is_counted(method: str, path: str) -> bool:
    """Whether a call counts. Pure."""
    if not path.startswith(COUNTED) or (path.startswith(PIECES) and method in PIECE_METHODS):
        return False
    is_poll = path == "/api/progress" or (path.startswith(POLLS) and path not in POLLS)
    return not (is_poll and method in SAFE_METHODS)
