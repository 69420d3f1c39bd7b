"""A record whose frames are made goes to its page, on to the frames, or to wait for a person."""

from typing import Any

import pytest

from services.footage.routing import Next, next_of, route

GOOD: dict[str, Any] = {
    "title": "A heron at dawn",
    "description": "A heron stands by the old mill and flies off.",
    "keywords": [],
}
POOR: dict[str, Any] = {"title": "IMG_0042", "description": "", "keywords": []}
PAGE = "https://example.org/heron"
READ = {"url": PAGE, "status": 200, "problem": None}
BY_PERSON = {"is_good": True, "by": "Ada"}
BY_US = {"is_good": True, "score": 80}

TABLE: list[tuple[str, dict[str, Any], str | None, Any, Any, Next]] = [
    ("good, no address", GOOD, None, None, None, "process_frames"),
    ("good, with an address", GOOD, PAGE, None, None, "scrape_url"),
    ("good, page read", GOOD, PAGE, READ, BY_US, "process_frames"),
    ("poor, no address", POOR, None, None, None, "await"),
    ("poor, with an address", POOR, PAGE, None, None, "scrape_url"),
    ("poor, page read", POOR, PAGE, READ, None, "await"),
    ("poor, empty address", POOR, "", None, None, "await"),
    ("poor now, though it was good once", POOR, PAGE, READ, BY_US, "await"),
    ("poor, but let through", POOR, None, None, BY_PERSON, "process_frames"),
    ("let through, though a page is named", POOR, PAGE, None, BY_PERSON, "process_frames"),
    ("a person's no is none", POOR, None, None, {"is_good": False, "by": "Ada"}, "await"),
]


@pytest.mark.parametrize(
    ("words", "source_url", "scraped", "judgement", "expected"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_it_goes_there(
    words: dict[str, Any], source_url: str | None, scraped: Any, judgement: Any, expected: Next
) -> None:
    assert next_of(source_url=source_url, scraped=scraped, judgement=judgement, **words) == expected


def test_it_says_what_is_missing() -> None:
    found = route(source_url=None, scraped=None, judgement=None, **POOR)
    assert found.awaits == (
        "The title “IMG_0042” looks like the name of a file; it does not say what is to be seen. There is no "
        "description. There are no keywords. Write a telling title, a sentence or two about what is to be seen, or "
        "some keywords."
    )


def test_it_says_what_was_the_matter_with_the_page() -> None:
    found = route(source_url=PAGE, scraped=READ | {"problem": "There is no page there (404)."}, judgement=None, **POOR)
    assert found.awaits.startswith("Its page could not be read: There is no page there (404). The title ")


def test_it_keeps_within_the_column() -> None:
    read = READ | {"problem": "It is so. " * 100}
    assert len(route(source_url=PAGE, scraped=read, judgement=None, **POOR).awaits) <= 500


def test_it_awaits_nothing_of_what_goes_on() -> None:
    assert route(source_url=None, scraped=None, judgement=None, **GOOD).awaits == ""
