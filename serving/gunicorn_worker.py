"""gunicorn's worker with threads, in which polls need none: the thread that waits for requests answers them itself.

Threads hand the interpreter to each other at each turn, which costs a poll more than its answer (docs/benchmarks.md);
without them one slow page would hold up everybody. So what has arrived whole and is a poll is answered where it was
heard, all that have come in together by one command to Redis; and everything else goes to a thread as in gunicorn's own
worker.

Nothing may wait here. What was sent is looked at without being taken away, so whatever turns out to be no poll, or one
that must ask the database, finds its request untouched. What does not go out at once is left to a thread.
"""

import selectors
import socket
import struct
import time
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from flask import Flask
from gunicorn import SERVER
from gunicorn.http import RequestParser
from gunicorn.http.errors import ParseException
from gunicorn.http.wsgi import create
from gunicorn.util import http_date
from gunicorn.workers.gthread import TConn, ThreadWorker

import clock
from blueprints.polls import Environ, Poll, Polls
from blueprints.progress_answers import HandedOver
from serving.lingering import Lingering
from serving.switching import hand_over_often

BEGIN = b"GET /api/progress"
END = b"\r\n\r\n"
# Whoever sends or takes nothing for so long holds a thread no more; as the system has it, seconds and microseconds.
SILENCE = struct.pack("ll", 60, 0)
NO_ROOM_PAUSE_SECONDS = 0.05
LONGEST_HEAD_BYTES = 16 * 1024  # 200 ids and a browser's headers; what is longer goes to a thread


class Connection(TConn):
    """`busy_until` (monotonic seconds): when it has stood still for as long as one may, if a poll has been answered."""

    busy_until = 0.0

    def __init__(self, *args: Any, lingering: Lingering) -> None:
        super().__init__(*args)
        self._lingering = lingering

    def close(self, graceful: bool = False) -> None:
        if graceful and not self.cfg.is_ssl:
            self._lingering.take(self.sock)
        else:
            super().close(graceful)


@dataclass(frozen=True, slots=True)
class Heard:
    """A poll that has arrived and not been taken from its connection yet."""

    conn: Connection
    head_bytes: int
    environ: Environ
    poll: Poll
    is_last: bool  # of its connection, as its sender says


class PollsFirst(ThreadWorker):
    """`worker_class` for gunicorn (27.0); the app must be one that `create_app` has made."""

    def init_process(self) -> None:
        self._heard: list[Heard] = []
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        hand_over_often()
        self._lingering = Lingering(self.poller)
        self._polls: Polls = cast(Flask, self.wsgi).extensions["backbeat_polls"]
        self._common = "".join(f"{name}: {value}\r\n" for name, value in self._polls.common_headers.items())

    def accept(self, listener: socket.socket) -> None:
        """Wait for what is asked before any thread has to."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another process was faster, or nobody is there any more
            return
        except OSError as e:  # the system has no more descriptors or memory for us, until something ends
            self.log.warning("No connection could be taken: %s", e)
            time.sleep(NO_ROOM_PAUSE_SECONDS)
            return
        self.nr_conns += 1
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, direction, SILENCE)
        conn = Connection(self.cfg, sock, client, listener.getsockname(), lingering=self._lingering)
        conn.timeout = clock.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        super().wait_for_and_dispatch_events(timeout)
        if self._heard:
            heard, self._heard = self._heard, []
            for one, answer in zip(heard, self._polls.answer_all([(h.environ, h.poll) for h in heard]), strict=True):
                if answer is None:
                    self._leave_to_a_thread(one.conn)
                else:
                    self._send(one, answer)

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        self._hear(conn)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        self._hear(conn)

    def _hear(self, conn: TConn) -> None:
        """Keep a poll until all that are there have been heard; leave everything else to a thread at once."""
        try:
            heard = self._poll_of(conn)
        except Exception:  # whatever is sent, this loop goes on
            self.log.exception("A request could not be read; a thread takes it.")
            heard = None
        if heard is None:
            self._leave_to_a_thread(conn)
        else:
            self._heard.append(heard)

    def _poll_of(self, conn: TConn) -> Heard | None:
        head = arrived_head(conn)
        if head is None or not isinstance(conn, Connection) or self.cfg.is_ssl:
            return None
        try:
            request = next(RequestParser(self.cfg, [head], conn.client))
        except ParseException:  # a thread says what is wrong with it
            return None
        environ = dict(create(request, cast(socket.socket, _Nowhere()), conn.client, conn.server, self.cfg)[1])
        poll = self._polls.poll_of(environ)
        return Heard(conn, len(head), environ, poll, request.should_close()) if poll else None

    def _leave_to_a_thread(self, conn: TConn) -> None:
        if conn.initialized:
            super().on_client_socket_readable(conn, conn.sock)
        else:
            super().on_pending_socket_readable(conn, conn.sock)

    def _send(self, heard: Heard, answer: HandedOver) -> None:
        conn = heard.conn
        is_last = heard.is_last or not self.alive or len(self.keepalived_conns) >= self.max_keepalived
        data = self._head(answer, is_last=is_last) + answer.body
        sent = _sent_at_once(conn.sock, heard.head_bytes, data)
        if sent is not None and sent < len(data):
            self._take(conn)
            rest = self.tpool.submit(_send_rest, conn, data[sent:], is_last=is_last)
            rest.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))
        elif sent is None or is_last or not conn.initialized:
            self._take(conn)
            self.finish_request(conn, _done(kept=sent is not None and not is_last))
        else:
            conn.busy_until = clock.monotonic() + self.cfg.keepalive

    def _head(self, answer: HandedOver, *, is_last: bool) -> bytes:
        """What gunicorn and the view say, as bytes."""
        own = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        connection = "close" if is_last else "keep-alive"
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        begin = f"HTTP/1.1 {status}\r\nServer: {SERVER}\r\nDate: {http_date()}\r\nConnection: {connection}\r\n"
        return f"{begin}{own}{self._common}\r\n".encode("latin-1")

    def _take(self, conn: TConn) -> None:
        """From those that are waited for."""
        self.poller.unregister(conn.sock)
        (self.keepalived_conns if conn.initialized else self.pending_conns).remove(conn)
        conn.init()

    def murder_pending(self) -> None:
        super().murder_pending()
        self._lingering.sweep()

    def _cap_keepalive(self, deadline: float) -> None:
        """Whoever has not asked anything yet holds up no stop either."""
        super()._cap_keepalive(deadline)  # type: ignore[misc] # its stubs are older than it is
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout or deadline, deadline)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close connections on which nothing has come for long; those that have polled since then wait on.

        gunicorn's own would take each of them out of the line and put it at its end with every poll.
        """
        now = clock.monotonic()
        while self.keepalived_conns and (force or (self.keepalived_conns[0].timeout or 0.0) <= now):
            conn = self.keepalived_conns.popleft()
            busy_until = conn.busy_until if isinstance(conn, Connection) else 0.0
            if busy_until > now and self.alive and not force:
                conn.timeout = busy_until
                self.keepalived_conns.append(conn)
            else:
                self.poller.unregister(conn.sock)
                self.nr_conns -= 1
                conn.close()


class _Nowhere:
    """Where gunicorn may write "100 Continue" before anybody knows whether it is a poll; then a thread does so."""

    def send(self, _data: bytes) -> None:
        pass


def _done(*, kept: bool) -> Future[bool]:
    """The end of a request that no thread was asked for, as `finish_request` reads it."""
    future: Future[bool] = Future()
    future.set_result(kept)
    return future


def arrived_head(conn: TConn) -> bytes | None:
    """The head of what may be a poll and has arrived whole; it is left where it is."""
    if isinstance(conn.parser, RequestParser) and conn.parser.unreader.buf.getvalue():
        return None  # gunicorn has read ahead
    try:
        arrived = conn.sock.recv(LONGEST_HEAD_BYTES, socket.MSG_PEEK)
    except OSError:  # a thread finds out what is wrong, and does what gunicorn does then
        return None
    end = arrived.find(END)
    return arrived[: end + len(END)] if end >= 0 and arrived.startswith(BEGIN) else None


def _sent_at_once(sock: socket.socket, head_bytes: int, data: bytes) -> int | None:
    """Take the request from the connection and answer it: how much went out; None if nobody is there any more."""
    try:
        sock.recv(head_bytes)
        return sock.send(data)
    except BlockingIOError:  # they have not read what they were sent before
        return 0
    except OSError:
        return None


def _send_rest(conn: TConn, rest: bytes, *, is_last: bool) -> bool:
    """Whether the connection is kept after it."""
    conn.sock.settimeout(conn.cfg.timeout)
    conn.sock.sendall(rest)  # what it raises ends the connection
    return not is_last
