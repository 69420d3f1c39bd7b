"""Where a record at `3 - Creating Frames` goes next: to the page that it names, on to its frames, or to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.footage.judgement import Judgement, judge

Next = Literal["scrape_url", "process_frames", "await"]


@dataclass(frozen=True, slots=True)
class Route:
    """`judgement` is what the record's words were found to be worth; `awaits` is for whoever it waits for, else ""."""

    next: Next
    judgement: Judgement
    awaits: str = ""


def route(
    *,
    source_url: str | None,
    scraped: Mapping[str, Any] | None,
    judgement: Mapping[str, Any] | None,
    title: str,
    description: str,
    keywords: Sequence[str],
) -> Route:
    """Where it goes: a person's word that it is good enough counts most, and a page is read once."""
    found = judge(title=title, description=description, keywords=keywords)
    if is_let_through(judgement):
        return Route("process_frames", found)
    if source_url and scraped is None:
        return Route("scrape_url", found)
    if found.is_good:
        return Route("process_frames", found)
    return Route("await", found, what_it_awaits(found, scraped))


def next_of(
    *,
    source_url: str | None,
    scraped: Mapping[str, Any] | None,
    judgement: Mapping[str, Any] | None,
    title: str,
    description: str,
    keywords: Sequence[str],
) -> Next:
    """The same without reasons."""
    return route(
        source_url=source_url,
        scraped=scraped,
        judgement=judgement,
        title=title,
        description=description,
        keywords=keywords,
    ).next


def is_let_through(judgement: Mapping[str, Any] | None) -> bool:
    """Whether a person has said that it is good enough as it is."""
    return bool(judgement and judgement.get("is_good") and judgement.get("by"))


def what_it_awaits(found: Judgement, scraped: Mapping[str, Any] | None) -> str:
    """What a person has to write, and why."""
    page = _of_page(scraped)
    reasons = " ".join(found.reasons)
    return f"{page}{reasons} Write a telling title, a sentence or two about what is to be seen, or some keywords."[:500]


def _of_page(scraped: Mapping[str, Any] | None) -> str:
    if not scraped:
        return ""
    if problem := scraped.get("problem"):
        return f"Its page could not be read: {problem} "
    return "Its page does not say enough. "
