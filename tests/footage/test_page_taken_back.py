"""A record whose page a person took back while it was to be read, or was being read, is judged without one."""

from collections.abc import Callable

import pytest

from models import Footage
from services.footage import catalogue, states
from services.footage.work import scrape_url as work
from services.scraping import Page
from tests.footage.contexts import TestContext, apply

PAGE = Page("https://example.org/page", 200, "A heron at dawn", "It stands in the water.", ("mill",), {}, (), "")
WORDS = {"title": "Grey heron, first light", "description": "A heron stands in the shallow water by the old mill."}


def test_it_asks_for_no_page(make_footage: Callable[..., Footage]) -> None:
    footage_id = make_footage(status=states.CREATING_FRAMES, **WORDS).id
    row = apply(footage_id, work.scrape_url(footage_id, TestContext()))
    assert (row.status, row.scraped) == (states.SCRAPING_URL, None)


@pytest.mark.parametrize(
    ("words", "status"), [(WORDS, states.SCRAPING_URL), ({"title": "clip"}, states.AWAITING_USER_INPUT)]
)
def test_it_takes_nothing_over_of_the_page(
    words: dict[str, str], status: str, make_footage: Callable[..., Footage], monkeypatch: pytest.MonkeyPatch
) -> None:
    footage_id = make_footage(status=states.CREATING_FRAMES, source_url=PAGE.url, **words).id

    def read(*_: object, **__: object) -> Page:
        catalogue.edit(footage_id, {"source_url": None}, by="Ann")
        return PAGE

    monkeypatch.setattr(work, "read_page", read)
    row = apply(footage_id, work.scrape_url(footage_id, TestContext()))
    assert (row.status, row.title, row.scraped) == (status, words["title"], None)
