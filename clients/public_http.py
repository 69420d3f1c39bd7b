"""HTTP to addresses that strangers have given: only to those that are public, and never for longer than allowed.

The name is looked up once, all that it leads to is checked, and the connection goes to an address that was checked,
with the name in `Host` and in TLS: who answers otherwise when asked a second time (DNS rebinding) is not asked.
Redirects are not followed, nothing is taken from the environment, no cookie is kept, and nothing is decompressed.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from clients.deadline import DeadlineBackend, DeadlineTransport, seconds_left, time_limit
from clients.public_address import LOOK_UP_SECONDS, MAX_URL_CHARS, Unresolved, parse, resolve
from errors import TransientError
from version import RELEASE

USER_AGENT = f"Backbeat/{RELEASE}"
CONNECT_SECONDS = 5.0
DEFAULTS = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}


class Unreachable(TransientError):
    """Nobody answered, or not to the end, or not in time."""

    code = "unreachable"


class TooLong(TransientError):
    """More came than was wanted."""

    code = "too_long"


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer whose body is still on its way: `chunks` raises TooLong after `max_bytes`, Unreachable if it breaks.

    `headers` has their names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


@contextmanager
def open_stream(
    url: str,
    *,
    allow_private: bool,
    total_seconds: float,
    max_bytes: int,
    idle_seconds: float | None = None,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    ssl_context: ssl.SSLContext | None = None,
    max_url_chars: int = MAX_URL_CHARS,
) -> Iterator[Opened]:
    """Ask, and read what is answered, within `total_seconds` from look-up to last byte.

    Each single wait for the other side ends after `idle_seconds`, where these are given.

    :raise InvalidInput: if the address is none that may be asked.
    :raise Unreachable: if nobody answers in time.
    """
    parsed = parse(url, allow_private=allow_private, max_chars=max_url_chars)
    transport = DeadlineTransport(ssl_context, PinnedBackend(allow_private=allow_private))
    timeout = httpx.Timeout(total_seconds if idle_seconds is None else idle_seconds, connect=CONNECT_SECONDS)
    client = httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False)
    client.headers = httpx.Headers(DEFAULTS)
    with (
        time_limit(total_seconds),
        _as_unreachable(),
        client,
        client.stream(method, parsed, headers=headers, content=content) as response,
    ):
        chunks = _bounded(response.iter_raw(), max_bytes)
        yield Opened(response.status_code, {k.lower(): v for k, v in response.headers.items()}, chunks)


class PinnedBackend(httpcore.NetworkBackend):
    """Looks a name up once, checks all that it leads to, and connects to what was checked."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = DeadlineBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        checked = resolve(
            host, port, allow_private=self._allow_private, within_seconds=min(LOOK_UP_SECONDS, seconds_left())
        )
        error: Exception | None = None
        for address in checked:
            try:
                return self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                error = e  # the next one may answer: a host without IPv6 still has its other address
        assert error is not None  # noqa: S101 - for the type checker: there is at least one address
        raise error


def _bounded(chunks: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    """What comes, but no byte more than `max_bytes`."""
    left = max_bytes
    with _as_unreachable():
        for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left < 0:
                raise TooLong(f"The answer is longer than {max_bytes} bytes, the most that is read.")


@contextmanager
def _as_unreachable() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as e:
        raise Unreachable("No answer came in time.") from e
    except Unresolved as e:
        raise Unreachable(e.message) from e
    except httpx.TransportError as e:
        raise Unreachable(f"The connection failed: {e}.") from e
