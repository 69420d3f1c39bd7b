"""Polls of live jobs, answered in front of Flask: what most requests are, and what must cost least.

The views in `api_progress` say what is right. Here the same is answered where one command to Redis and what this
process remembers suffice; whatever is doubtful, odd or not known goes on to Flask. Nothing here asks the database.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any

import structlog
from cachetools import TTLCache, cached
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from redis.exceptions import RedisError

from blueprints.access.identify import PASSED_ON, SIGN_IN, is_near
from blueprints.guards import is_our_host, security_headers
from blueprints.progress_answers import HandedOver, hand_over, spliced
from blueprints.schemas.common import JOB_ID
from services.access import memory
from services.access.identity import Identity
from services.access.ownership import is_known_to_own
from services.access.recalling import Recalling
from services.jobs.pace import Pace
from services.jobs.reads import MAX_IDS, may_be_behind
from store.polling import Polling
from store.progress import LiveDocument

log = structlog.get_logger(__name__)

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

PATH = "/api/progress"
_ONE = re.compile(f"{PATH}/({JOB_ID.pattern})")
_MANY = re.compile(f"ids=({JOB_ID.pattern}(?:,{JOB_ID.pattern})*)")
# What may change what or who asks, or bring a body; such a poll is left to Flask.
_UNUSUAL = (
    "SCRIPT_NAME",
    "HTTP_AUTHORIZATION",
    "CONTENT_LENGTH",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_RANGE",
    "HTTP_EXPECT",
)
_PASSED_ON = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in PASSED_ON)
MOST_IDS_TOGETHER = 1000
TOKEN_SECONDS, TOKENS = 60.0, 4096


@dataclass(frozen=True, slots=True)
class Poll:
    """What is asked for: of one job, or of many in one document."""

    job_ids: tuple[str, ...]
    is_of_many: bool


class Polls:
    """A WSGI application that answers such polls and passes on all else.

    Servers that wait for requests in one thread have it done there, for all that have come in together: `poll_of` each,
    then `answer_all`, which waits for Redis alone, a quarter of a second at most, and for nothing while the breaker is
    open. What they send besides are the `common_headers`.
    """

    def __init__(self, app: Flask, passed_on_to: Wsgi) -> None:
        self._app = app
        self.passed_on_to = passed_on_to
        self._settings = app.extensions["backbeat_settings"]
        self._polling = Polling(app.extensions["backbeat_redis"])
        with app.app_context():
            self._recalling = Recalling(self._settings, memory.current())
            self._pace = Pace.of_this_app()
        self.common_headers = security_headers(self._settings)
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}="
        self._is_our_host = lru_cache(1024)(lambda host: is_our_host(host, self._settings))
        self._token_of = cached(TTLCache(TOKENS, TOKEN_SECONDS), lock=threading.Lock())(self._open_session)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        poll = self.poll_of(environ)
        answer = self.answer_all([(environ, poll)])[0] if poll else None
        if answer is None:
            return self.passed_on_to(environ, start_response)
        start_response(status_line(answer.status), [*answer.headers.items(), *self.common_headers.items()])
        return [answer.body]

    def poll_of(self, environ: Environ) -> Poll | None:
        """What is asked for, if that may be answered here."""
        poll = asked_for(environ)
        return poll if poll and self._is_our_host(environ.get("HTTP_HOST", "")) and not may_be_behind() else None

    def answer_all(self, asked: Sequence[tuple[Environ, Poll]]) -> list[HandedOver | None]:
        """For each the answer that Flask would give; None if that has to be asked. One command to Redis for many."""
        return [answer for part in _parts(asked) for answer in self._answer_part(part)]

    def _answer_part(self, asked: Sequence[tuple[Environ, Poll]]) -> list[HandedOver | None]:
        try:
            mark, found = self._polling.read([job_id for _, poll in asked for job_id in poll.job_ids])
            since, documents = self._recalling.unchanged_since(mark), iter(found)
            return [
                self._answer(environ, poll, list(islice(documents, len(poll.job_ids))), since)
                for environ, poll in asked
            ]
        except RedisError:  # the view finds the same, notes it and answers from the rows
            return [None] * len(asked)
        except Exception as e:  # the view says what is wrong; whoever waits in a server's loop must not wait for ever
            log.exception("polls_not_answered", error=str(e))
            return [None] * len(asked)

    def _answer(
        self, environ: Environ, poll: Poll, found: Sequence[LiveDocument | None], since: float
    ) -> HandedOver | None:
        documents = [one for one in found if one is not None]
        identity = self._who(environ, since) if len(documents) == len(poll.job_ids) else None
        if identity is None or not is_known_to_own(identity, poll.job_ids):
            return None
        document = spliced(dict(zip(poll.job_ids, documents, strict=True)), ()) if poll.is_of_many else documents[0]
        answer = hand_over(
            document, if_none_match=environ.get("HTTP_IF_NONE_MATCH"), pace_ms=self._pace.after(len(documents))
        )
        if answer.status == HTTPStatus.OK:
            answer.headers["Content-Length"] = str(len(answer.body))
        if identity.kind == "person":
            answer.headers["Vary"] = "Cookie"
        return answer

    def _who(self, environ: Environ, since: float) -> Identity | None:
        """As `identify` finds it out; None if that has to."""
        is_open = self._recalling.is_open(since)
        if is_open:
            near = is_near(environ.get("REMOTE_ADDR")) and not any(name in environ for name in _PASSED_ON)
            return self._recalling.of_local(since) if near else None
        if is_open is None:
            return None
        if "HTTP_X_API_KEY" in environ:
            return self._recalling.of_key(environ["HTTP_X_API_KEY"].strip(), since)
        token = self._token(environ.get("HTTP_COOKIE", ""))
        return self._recalling.of_sign_in(token, since) if token else None

    def _token(self, cookies: str) -> str | None:
        values = [one[len(self._cookie) :] for one in cookies.split("; ") if one.startswith(self._cookie)]
        return self._token_of(values[0]) if len(values) == 1 else None

    def _open_session(self, value: str) -> str | None:
        """The token of a sign-in that Flask's session cookie holds."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self._app)
        if signer is None:
            return None
        try:
            session = signer.loads(value, max_age=int(self._app.permanent_session_lifetime.total_seconds()))
        except BadSignature:
            return None
        token = session.get(SIGN_IN)
        return token if isinstance(token, str) else None


def _parts(asked: Sequence[tuple[Environ, Poll]]) -> Iterator[Sequence[tuple[Environ, Poll]]]:
    """Those that are to be read together: so many that Redis has answered long before anybody loses patience."""
    part: list[tuple[Environ, Poll]] = []
    number = 0
    for one in asked:
        number += len(one[1].job_ids)
        if part and number > MOST_IDS_TOGETHER:
            yield part
            part, number = [], len(one[1].job_ids)
        part.append(one)
    yield part


def asked_for(environ: Environ) -> Poll | None:
    """What a request asks for, if it is a plain poll. Pure."""
    path = environ["PATH_INFO"]
    if not path.startswith(PATH) or environ["REQUEST_METHOD"] != "GET" or any(environ.get(name) for name in _UNUSUAL):
        return None
    query = environ.get("QUERY_STRING", "")
    if path == PATH and (many := _MANY.fullmatch(query)):
        job_ids = tuple(many[1].split(","))
        is_plain = len(job_ids) == len(set(job_ids)) <= MAX_IDS
        return Poll(job_ids, is_of_many=True) if is_plain else None
    one = _ONE.fullmatch(path)
    return Poll((one[1],), is_of_many=False) if one and not query else None


@lru_cache
def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def init_app(app: Flask) -> None:
    """Stand in front of all that the app does so far."""
    app.extensions["backbeat_polls"] = polls = Polls(app, app.wsgi_app)
    app.wsgi_app = polls  # type: ignore[method-assign] # as Flask's documentation has it
