"""Errors become answers: JSON for programs, a page for people, and never a stack trace for either."""

from http import HTTPStatus

import orjson
import structlog
from flask import Flask, Response, render_template, request
from redis.exceptions import RedisError
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, PendingRollbackError, SQLAlchemyError
from ulid import ULID
from werkzeug.exceptions import HTTPException, RequestTimeout

from blueprints import outages
from blueprints.guards import WAY_IN
from errors import BackbeatError, Conflict, InvalidInput, TooManyRequests, Unauthenticated, Unavailable
from extensions import DATABASE_AWAY, db
from services.idempotency import BeingAnswered

log = structlog.get_logger(__name__)

# Paths that programs ask for; every other is a page.
PROGRAM_PATHS = (
    *("/api/", "/async/", "/episodes/", "/run/", "/status", "/internal/", "/webhooks/render/"),
    *("/openapi.json", "/healthz", "/readyz", "/metrics"),
)

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    500: "internal_error",
}
_MESSAGES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "What was sent is too large.",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(BackbeatError, answer_known)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(IntegrityError, answer_clash)
    for unfit in (DataError, OverflowError):  # PostgreSQL refuses a number, SQLite cannot even be given it
        app.register_error_handler(unfit, answer_unfit)
    # The last comes of a session that goes on after its connection was lost.
    for unreachable in (*DATABASE_AWAY, PendingRollbackError):
        app.register_error_handler(unreachable, answer_database)
    app.register_error_handler(DatabaseError, answer_damage)
    app.register_error_handler(RedisError, answer_redis)
    app.register_error_handler(BlockingIOError, answer_silence)
    app.register_error_handler(OSError, answer_no_room)
    app.register_error_handler(Exception, answer_unexpected)


def answer_known(error: BackbeatError) -> Response:
    response = _answer(error.http_status, error.code, error.message, details=error.details)
    if isinstance(error, Unavailable | TooManyRequests | BeingAnswered):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Backbeat"'
    return response


def answer_http(error: HTTPException) -> Response:
    """What Flask refuses by itself: unknown addresses, methods that are not taken, bodies that are too large."""
    status = error.code or 500
    code = _CODES.get(status, error.name.lower().replace(" ", "_"))
    response = _answer(status, code, _MESSAGES.get(status) or error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def answer_silence(_error: BlockingIOError) -> Response:
    """The web server's sockets bear silence for a while only (`serving.gunicorn_worker`)."""
    return answer_http(RequestTimeout("Nothing more of the request came for a minute."))


def answer_clash(error: IntegrityError) -> Response:
    """Two requests met: the services tell what they expect, so this is what nobody foresaw."""
    _let_go_of_the_database()
    log.warning("integrity_error", path=_logged_path(), error=str(error.orig))
    return answer_known(Conflict("This clashes with something that changed at the same moment; look, and try again."))


def answer_unfit(error: Exception) -> Response:
    """A value that passed every check and still fits no column, such as a number in a forged cursor."""
    _let_go_of_the_database()
    log.warning("data_error", path=_logged_path(), error=str(getattr(error, "orig", error)))
    return answer_known(InvalidInput("A value that was sent is out of range; take ids and cursors as they were given."))


def answer_database(error: Exception) -> Response:
    _let_go_of_the_database()
    log.error("database_unavailable", path=_logged_path(), error=str(error))
    return answer_known(Unavailable(outages.of_database(error)))


def answer_damage(error: DatabaseError) -> Response:
    """SQLite says so of a file that is none of its own. Its kinds of this error are mistakes of ours."""
    return answer_database(error) if type(error) is DatabaseError else answer_unexpected(error)


def answer_no_room(error: OSError) -> Response:
    if not outages.is_no_room(error):
        return answer_unexpected(error)
    log.error("disk_full", path=_logged_path(), error=str(error))
    return answer_known(Unavailable(outages.DISK_FULL))


def answer_redis(error: RedisError) -> Response:
    log.error("redis_unavailable", path=_logged_path(), error=str(error))
    return answer_known(Unavailable(outages.REDIS))


def answer_unexpected(error: Exception) -> Response:
    """A mistake of ours: the log has all of it under an id, and whoever asked is told the id only."""
    _let_go_of_the_database()
    error_id = str(ULID())
    log.error("unexpected_error", error_id=error_id, method=request.method, path=_logged_path(), exc_info=error)
    message = f"Something went wrong here; it has been noted as {error_id}."
    return _answer(500, _CODES[500], message, error_id=error_id)


def _let_go_of_the_database() -> None:
    """PostgreSQL answers nothing more in a transaction that failed, and the page that tells of it asks some things."""
    try:
        db.session.rollback()
    except SQLAlchemyError as e:
        log.warning("not_rolled_back", error=str(e))


def _logged_path() -> str:
    """What was asked for; not the token in it, which whoever reads the log could use."""
    has_token = request.blueprint == WAY_IN or "token" in (request.view_args or {})
    if has_token and request.url_rule is not None:
        return request.url_rule.rule
    return request.path


def is_for_programs() -> bool:
    """Whether the address is one that programs ask for; every other is a page."""
    return f"{request.path}/".startswith(PROGRAM_PATHS)


def _answer(status: int, code: str, message: str, *, details: object = None, error_id: str | None = None) -> Response:
    if not is_for_programs():
        page = render_template(
            "error.html", status=status, title=HTTPStatus(status).phrase, message=message, error_id=error_id
        )
        return Response(page, status)
    body: dict[str, object] = {"success": False, "error": code, "message": message}
    body |= {"details": details} if details else {}
    body |= {"error_id": error_id} if error_id else {}
    return Response(orjson.dumps(body, default=str), status, mimetype="application/json")
