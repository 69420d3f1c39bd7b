"""A page is read: asked for where robots may, decoded, and looked through for what it says of itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import trafilatura

from config import Settings
from services.scraping import markup
from services.scraping.decoding import decoded
from services.scraping.errors import PageNotRead
from services.scraping.following import Fetched, Visit, refuse_what_may_pass
from services.scraping.robots import Robots

TOTAL_SECONDS = 15.0
MAX_BYTES = 2 * 1024 * 1024
MAX_TITLE_CHARS, MAX_DESCRIPTION_CHARS = 300, 5000
MAX_KEYWORDS, MAX_KEYWORD_CHARS = 30, 60
MAX_OPENING_CHARS = 600  # of the text of a page without a description
LOOKED_AT_CHARS = 300_000  # for that: finding the main text of 2 MiB takes many seconds
KINDS = ("text/html", "application/xhtml+xml")
LIKE_A_VIDEO = ("Video", "Movie", "Clip", "Episode", "Article", "Posting", "CreativeWork", "WebPage")  # of schema.org

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself; what it does not say is empty. `url` is where it was in the end."""

    url: str
    status: int
    title: str
    description: str
    keywords: tuple[str, ...]
    open_graph: Mapping[str, str]
    schema_org: Sequence[Mapping[str, Any]]
    site: str


def read_page(url: str, *, settings: Settings) -> Page:
    """Ask for a page within 15 seconds, and read at most 2 MiB of it.

    :raise PageNotRead: if it is none for us: missing, not HTML, an address that is not asked, or robots are not wanted.
    :raise TransientError: if it may be had later.
    """
    visit = Visit(allow_private=settings.webhook_allow_private, total_seconds=TOTAL_SECONDS)
    fetched = visit.follow(url, max_bytes=MAX_BYTES, before=Robots(visit).check)
    _refuse_what_is_no_page(fetched)
    try:
        return _page_of(fetched)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as e:  # of parsers, which meet anything
        log.warning("page_unreadable", exc_info=True)
        raise PageNotRead("The page cannot be understood.", code="page_unreadable", status=fetched.status) from e


def _refuse_what_is_no_page(fetched: Fetched) -> None:
    refuse_what_may_pass(fetched)
    status = fetched.status
    if status in (404, 410):
        raise PageNotRead(f"There is no page at that address ({status}).", code="page_missing", status=status)
    if not 200 <= status < 300:
        raise PageNotRead(f"The address answers {status} instead of a page.", code="page_refused", status=status)
    kind = fetched.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in KINDS:
        told = f"“{kind[:60]}”" if kind else "something that it does not name"
        raise PageNotRead(f"The address leads to {told}, not to a web page.", code="not_html", status=status)


def _page_of(fetched: Fetched) -> Page:
    text = decoded(fetched.body, fetched.headers.get("content-type", ""), MAX_BYTES).replace("\x00", " ")
    tree = trafilatura.load_html(text)
    if tree is None:
        raise PageNotRead("The page is empty.", code="page_empty", status=fetched.status)
    graph, things = markup.open_graph(tree), markup.schema_org(tree)
    said = trafilatura.extract_metadata(tree, default_url=fetched.url, extensive=False).as_dict()
    # What follows the mark-up of programs is what trafilatura makes out of titles, headings and the rest.
    title = graph.get("og:title") or _first(things, "name", "headline") or said["title"] or ""
    descriptions = (said["description"] or "", _first(things, "description", "abstract"))
    return Page(
        url=fetched.url,
        status=fetched.status,
        title=markup.clean(title, MAX_TITLE_CHARS),
        description=markup.clean(max(descriptions, key=len) or _opening(text), MAX_DESCRIPTION_CHARS),
        keywords=_keywords([*(said["tags"] or ()), *(thing.get("keywords", "") for thing in things)]),
        open_graph=graph,
        schema_org=things,
        site=markup.clean(graph.get("og:site_name") or said["sitename"] or "", MAX_TITLE_CHARS),
    )


def _first(things: Sequence[Mapping[str, Any]], *names: str) -> str:
    """Of a video if there is one, else of what is likest to it: the site and its publisher have names of their own."""
    ordered = [thing for kind in LIKE_A_VIDEO for thing in things if kind in thing["@type"]]
    return next((thing[name] for thing in ordered for name in names if thing.get(name)), "")


def _opening(text: str) -> str:
    """How the main text of the page begins, up to the end of a sentence where there is one."""
    whole = markup.clean(
        trafilatura.extract(text[:LOOKED_AT_CHARS], include_comments=False, include_tables=False) or ""
    )
    if len(whole) <= MAX_OPENING_CHARS:
        return whole
    start = whole[:MAX_OPENING_CHARS]
    end = max(start.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    return start[: end + 1] if end > 0 else start


def _keywords(said: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case."""
    once: dict[str, str] = {}
    for text in said:
        for word in text.replace(";", ",").split(","):
            if kept := markup.clean(word, MAX_KEYWORD_CHARS):
                once.setdefault(kept.casefold(), kept)
    return tuple(once.values())[:MAX_KEYWORDS]
