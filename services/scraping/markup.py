"""What authors of pages write for programs: Open Graph (https://ogp.me) and schema.org as JSON-LD.

trafilatura reads the most of both; here is what it leaves out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MAX_PROPERTIES = 40
MAX_THINGS = 10
MAX_DEPTH = 6
MAX_TEXT_CHARS = 2000
MAX_TEXT_DEPTH = 4  # an author in a list is two deep
_PREFIXES = ("og:", "video:", "article:")
# Of the many properties of schema.org those that tell of a video or of the page that it is on.
_TOLD = (
    "@type",
    "name",
    "headline",
    "description",
    "abstract",
    "keywords",
    "genre",
    "author",
    "creator",
    "publisher",
    "duration",
    "uploadDate",
    "datePublished",
    "dateCreated",
    "inLanguage",
    "contentLocation",
    "locationCreated",
)


def open_graph(tree: Any) -> dict[str, str]:
    """The first value of each property, by its name; those of several values are told apart nowhere else either."""
    found: dict[str, str] = {}
    for tag in tree.xpath("//meta[@property and @content]"):
        name = clean(str(tag.get("property"))).lower()
        value = clean(str(tag.get("content")))
        if name.startswith(_PREFIXES) and value and len(name) <= 60 and len(found) < MAX_PROPERTIES:
            found.setdefault(name, value)
    return found


def schema_org(tree: Any) -> list[dict[str, Any]]:
    """The things that the page says that it is about, with what they are called."""
    things: list[dict[str, Any]] = []
    for script in tree.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'application/ld+json')]"):
        for thing in _things(_parsed(script.text or ""), MAX_DEPTH):
            if told := _told(thing):
                things.append(told)
    return things[:MAX_THINGS]


def clean(text: str, most_chars: int = MAX_TEXT_CHARS) -> str:
    """The text in one line, of characters that can be kept."""
    kept = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return " ".join(kept.split())[:most_chars].rstrip()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None  # many a page has broken ones, and the rest of it is no worse for that


def _things(data: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth == 0:
        return
    if isinstance(data, list):
        for each in data:
            yield from _things(each, depth - 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "video"):
            yield from _things(data.get(name), depth - 1)


def _told(thing: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: text for name in _TOLD if (text := _as_text(thing.get(name)))}
    return told if "@type" in told and len(told) > 1 else {}


def _as_text(value: Any, depth: int = MAX_TEXT_DEPTH) -> str:
    """People and places are told by their names, several values as a list with commas."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        texts = (_as_text(each, depth - 1) for each in value[:50]) if depth else ()
        return clean(", ".join(filter(None, texts)))
    return clean(value) if isinstance(value, str) else ""
