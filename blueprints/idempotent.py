"""`@idempotent`: a view whose request may come twice, as it does from programs that try again.

It stands above `@operation`, since it keeps finished answers, refusals too. What failed on our side is not kept.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, request

from blueprints.actor import current_owner_id
from blueprints.bodies import URL_ENCODED
from services import idempotency
from services.idempotency import Kept

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT_HEADERS = ("Content-Type", "Location", "Retry-After")
MULTIPART = "multipart/form-data"
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500
# By its name the document tells that a view takes the header.
TAKES_KEY = "takes_idempotency_key"


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer a request that bears a key once; the same again gets the same answer, for a day."""

    @wraps(view)
    def answer(**view_args: Any) -> Response:
        key = request.headers.get(HEADER)
        return view(**view_args) if key is None else _once(idempotency.checked(key), view, view_args)

    setattr(answer, TAKES_KEY, True)
    return answer


def _once(key: str, view: Callable[..., Response], view_args: dict[str, Any]) -> Response:
    owner_id = current_owner_id()
    kept = idempotency.begin(owner_id, key, request_digest())
    if kept is not None:
        return Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})
    response = _answered(view, view_args)
    if response.status_code >= SERVER_ERROR or response.status_code == TOO_MANY_REQUESTS:
        idempotency.forget(owner_id, key)
    else:
        idempotency.keep(owner_id, key, _as_kept(response))
    return response


def _answered(view: Callable[..., Response], view_args: dict[str, Any]) -> Response:
    """What the view answers, or what is answered to the error that it raises."""
    try:
        return view(**view_args)
    except Exception as e:
        return current_app.make_response(current_app.handle_user_exception(e))


def _as_kept(response: Response) -> Kept:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Kept(response.status_code, headers, response.get_data(as_text=True))


def request_digest() -> str:
    """SHA-256 of what is asked: method, address, and the body. A form is told by what is in it, since whoever sends it
    again draws another boundary between its parts.
    """
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype not in (MULTIPART, URL_ENCODED):
        digest.update(request.get_data())
        return digest.hexdigest()
    for name, value in request.form.items(multi=True):
        digest.update(f"{name}={value}\n".encode())
    for name, file in request.files.items(multi=True):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type] # it is readable
        file.stream.seek(0)
        digest.update(f"{name}={file.filename}:{content}\n".encode())
    return digest.hexdigest()
