"""An httpx transport that keeps a total time limit.

httpx limits each single read, so a server that sends one byte every few seconds can hold a caller for ever.
Here every connect, read and write waits no longer than what is left of the limit around it. Looking up the host's
name is not bounded by it, unless the backend does that itself: the system's resolver has limits of its own.
"""

import math
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

import clock

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)  # on the monotonic clock


@contextmanager
def time_limit(total_seconds: float) -> Iterator[None]:
    """Bound all that is sent and received inside by this thread."""
    token = _ends_at.set(clock.monotonic() + total_seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """What is left of the limit around this call; infinite without one, below 0 once it has passed."""
    return _ends_at.get() - clock.monotonic()


def _within_limit(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    left = seconds_left()
    if left <= 0:
        raise error("the total time limit has passed")
    longest = min(left, math.inf if timeout is None else timeout)
    return None if longest == math.inf else longest


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within_limit(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within_limit(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = _within_limit(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, allowed))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.SyncBackend):
    """Connections whose every wait ends with the limit around it."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = _within_limit(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, allowed, local_address, socket_options))


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed; made once, since reading them takes longer than many a request.

    Neither they nor proxies are taken from the environment: config.py is its only reader.
    """
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class DeadlineTransport(httpx.BaseTransport):
    """HTTP/1.1 with kept-alive connections, under the `time_limit` that is around the call."""

    def __init__(
        self, ssl_context: ssl.SSLContext | None = None, backend: httpcore.NetworkBackend | None = None
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context or trusted(), keepalive_expiry=5.0, network_backend=backend or DeadlineBackend()
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _as_httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.read(),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=dict(response.extensions)
        )

    def close(self) -> None:
        self._pool.close()


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Raise httpx's error of the same name: its own transport does so, and callers need not know of httpcore."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as e:
        counterpart: type[httpx.TransportError] = getattr(httpx, type(e).__name__)
        raise counterpart(str(e)) from e
