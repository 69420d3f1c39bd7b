"""Whether a site wants robots on a page: its robots.txt, as RFC 9309 reads it."""

from urllib.parse import urljoin, urlsplit

from protego import Protego

from services.scraping.errors import PageNotRead
from services.scraping.following import Visit, refuse_what_may_pass

AGENT = "Backbeat"
MAX_BYTES = 500 * 1024  # as much as a robot has to read


class Robots:
    """What the sites that one visit comes to allow; each is asked once."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._rules: dict[str, Protego | None] = {}

    def check(self, url: str) -> None:
        """Refuse a page that robots are not welcome to.

        :raise PageNotRead: if robots are not wanted there. :raise TransientError: if that cannot be told just now.
        """
        rules = self._rules_of(url)
        if rules is not None and not rules.can_fetch(url, AGENT):
            host = urlsplit(url).hostname
            raise PageNotRead(f"The site {host} does not want robots on that page (robots.txt).", code="robots_forbid")

    def _rules_of(self, url: str) -> Protego | None:
        where = urljoin(url, "/robots.txt")
        if where not in self._rules:
            self._rules[where] = self._read(where)
        return self._rules[where]

    def _read(self, where: str) -> Protego | None:
        """None: the site has no rules, or none that can be had (2.3.1.3)."""
        fetched = self._visit.follow(where, max_bytes=MAX_BYTES)
        refuse_what_may_pass(fetched)
        if fetched.status != 200:
            return None
        return Protego.parse(fetched.body.decode("utf-8-sig", errors="replace"))
