"""Closing connections without waiting for the other side (RFC 9112, section 9.6)."""

import selectors
import socket
from collections import deque

import clock

LINGER_SECONDS = 2.0
MOST_BYTES = 64 * 1024
_PIECE_BYTES = 16 * 1024


class Lingering:
    """Connections that have had their last answer.

    A socket that is closed while something unread lies in it is reset, and the answer may be lost; so each is half
    closed, and closed once its peer has done the same, or has sent much, or has had time enough. gunicorn waits for
    that, connection after connection; here the loop goes on.
    """

    def __init__(self, poller: selectors.BaseSelector) -> None:
        self._poller = poller
        self._until: deque[tuple[float, socket.socket]] = deque()
        self._left_bytes: dict[socket.socket, int] = {}

    def take(self, sock: socket.socket) -> None:
        """Close that connection, in a while."""
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
        except OSError:  # nobody is there any more
            sock.close()
            return
        self._left_bytes[sock] = MOST_BYTES
        self._until.append((clock.monotonic() + LINGER_SECONDS, sock))
        self._poller.register(sock, selectors.EVENT_READ, self._read)

    def _read(self, sock: socket.socket) -> None:
        try:
            read = len(sock.recv(_PIECE_BYTES))
        except BlockingIOError:
            return
        except OSError:
            read = 0
        self._left_bytes[sock] -= read
        if read == 0 or self._left_bytes[sock] <= 0:
            self._end(sock)

    def sweep(self) -> None:
        """Close those that have had time enough."""
        now = clock.monotonic()
        while self._until and self._until[0][0] <= now:
            _, sock = self._until.popleft()
            if sock in self._left_bytes:
                self._end(sock)

    def _end(self, sock: socket.socket) -> None:
        del self._left_bytes[sock]
        self._poller.unregister(sock)
        sock.close()
