"""The application as granian calls it (ASGI): polls are answered in its event loop, everything else by threads.

The same division as in `gunicorn_worker`, for the same reason; and here, too, those that have come in together are
answered by one command to Redis.
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask
from werkzeug.exceptions import ClientDisconnected

from app import create_app
from blueprints.polls import PATH, Environ, Poll, Polls
from blueprints.progress_answers import HandedOver
from lifeline import die_with_parent
from serving.switching import hand_over_often

THREADS = 4
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UNPREFIXED = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE"})

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class PollsFirst:
    """An ASGI application around one that `create_app` has made."""

    def __init__(self, app: Flask) -> None:
        hand_over_often()
        self._polls: Polls = app.extensions["backbeat_polls"]
        self._common = _encoded(self._polls.common_headers.items())
        self._threads: Asgi = WSGIMiddleware(_terminated(app), workers=THREADS)  # type: ignore[assignment] # its own TypedDicts
        self._heard: list[tuple[Environ, Poll]] = []
        self._answers: list[asyncio.Future[HandedOver | None]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        scope = _as_wsgi_can(scope)
        answer = await self._answer(scope) if scope["path"].startswith(PATH) else None
        if answer is None:
            await self._threads(scope, _whole(receive), send)
            return
        headers = _encoded(answer.headers.items()) + self._common
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message) -> HandedOver | None:
        environ = _environ(scope)
        poll = self._polls.poll_of(environ)
        if poll is None:
            return None
        loop = asyncio.get_running_loop()
        if not self._heard:
            loop.call_soon(self._answer_all)
        self._heard.append((environ, poll))
        answer: asyncio.Future[HandedOver | None] = loop.create_future()
        self._answers.append(answer)
        return await answer

    def _answer_all(self) -> None:
        """All that have been heard since the loop came by the last time."""
        heard, self._heard = self._heard, []
        answers, self._answers = self._answers, []
        for future, answer in zip(answers, self._polls.answer_all(heard), strict=True):
            if not future.cancelled():
                future.set_result(answer)


def _as_wsgi_can(scope: Message) -> Message:
    """The request without headers that WSGI cannot tell from others, and with its query in ASCII.

    `X_Forwarded_For` becomes the same variable as `X-Forwarded-For`, which only a proxy may send.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], scope["query_string"])
    return {**scope, "headers": headers, "query_string": query}


def _environ(scope: Message) -> Environ:
    """What `Polls` reads of a request, named as WSGI names it."""
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": scope["client"][0],
    }
    for name, value in scope["headers"]:
        key = f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}".replace(
            "HTTP_CONTENT_LENGTH", "CONTENT_LENGTH"
        )
        environ[key] = f"{environ[key]},{value.decode('latin-1')}" if key in environ else value.decode("latin-1")
    return environ


def _encoded(headers: Iterable[tuple[str, str]]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]


def _terminated(app: Flask) -> Callable[..., Any]:
    """The application, told that a body of unknown length ends where granian says."""

    def call(environ: Environ, start_response: Callable[..., Any]) -> Any:
        environ["wsgi.input_terminated"] = True
        return app(environ, start_response)

    return call


def _whole(receive: Receive) -> Receive:
    """Half a body must not pass for a whole one since its sender has gone."""

    async def receive_or_fail() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        return message

    return receive_or_fail


def application() -> PollsFirst:
    """For granian's `factory`, in each of its processes: one whose first process was killed would hold the port."""
    die_with_parent(os.getppid())
    return PollsFirst(create_app())
