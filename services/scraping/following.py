"""Asking for a page, and going where it has moved to: each address is checked as the first was, and time is bounded."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import clock
from clients.public_http import TooLong, Unreachable, open_stream
from errors import InvalidInput, TransientError
from services.scraping.errors import PageNotRead

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429})  # they say to try again later
LONGEST_WAIT_SECONDS = 3600.0
_WELCOME = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was answered in the end; `body` is cut where it was longer than wanted."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Visit:
    """What may be asked of others to read one page, all of it in `total_seconds` from now."""

    def __init__(self, *, allow_private: bool, total_seconds: float) -> None:
        self._allow_private = allow_private
        self._ends_at = clock.monotonic() + total_seconds

    def follow(self, url: str, *, max_bytes: int, before: Callable[[str], None] = lambda _: None) -> Fetched:
        """Ask for it, and for what it leads to; `before` is asked for each address, and raises if it may not be.

        :raise PageNotRead: if an address may not be asked, or it only leads on and on.
        :raise TransientError: if nobody answers, or not in time.
        """
        wanted = urldefrag(url).url
        for _ in range(MAX_REDIRECTS + 1):
            before(wanted)
            fetched = self._ask(wanted, max_bytes)
            leads_to = fetched.headers.get("location")
            if fetched.status not in REDIRECTS or not leads_to:
                return fetched
            wanted = _absolute(wanted, leads_to)
        raise PageNotRead(
            f"The page has moved more than {MAX_REDIRECTS} times; give the address that it is at now.",
            code="too_many_redirects",
        )

    def _ask(self, url: str, max_bytes: int) -> Fetched:
        left = self._ends_at - clock.monotonic()
        if left <= 0:
            raise Unreachable("No answer came in time.")
        try:
            with open_stream(
                url, allow_private=self._allow_private, total_seconds=left, max_bytes=max_bytes, headers=_WELCOME
            ) as answer:
                body = b"" if answer.status in REDIRECTS else _first_bytes(answer.chunks)
                return Fetched(url, answer.status, answer.headers, body)
        except InvalidInput as e:
            raise PageNotRead(e.message, code=e.code) from e


def refuse_what_may_pass(fetched: Fetched) -> None:
    """:raise TransientError: if it was answered that another time may be better."""
    if fetched.status in PASSING or fetched.status >= 500:
        said = fetched.headers.get("retry-after", "")
        seconds = float(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
        raise TransientError(
            f"The page's server answers {fetched.status} just now.",
            retry_after_seconds=None if seconds is None else min(seconds, LONGEST_WAIT_SECONDS),
        )


def _first_bytes(chunks: Iterable[bytes]) -> bytes:
    """What a page says of itself stands near its start, so the rest of one that is too long is not missed."""
    body = bytearray()
    with suppress(TooLong):
        for chunk in chunks:
            body += chunk
    return bytes(body)


def _absolute(url: str, leads_to: str) -> str:
    try:
        return urldefrag(urljoin(url, leads_to.strip())).url
    except ValueError as e:
        raise PageNotRead("The page leads on to something that is no address.", code="bad_redirect") from e
