"""Whatever stands in a page, it is read or given up for good: no defect of a parser holds a record."""

import pytest
import trafilatura

from config import Settings
from services.scraping import PageNotRead, read_page
from tests.servers.pages import PageServer

PAGE = "<html><head><title>A heron at dawn</title>{}</head><body><p>By the mill.</p></body></html>"


def _json_ld(keywords: str) -> str:
    said = f'{{"@type": "VideoObject", "name": "A heron", "keywords": {keywords}}}'
    return PAGE.format(f'<script type="application/ld+json">{said}</script>')


@pytest.mark.parametrize("depth", [900, 5000])
def test_it_reads_a_page_whose_mark_up_is_nested_without_end(depth: int, site: PageServer, settings: Settings) -> None:
    page = read_page(site.put("/page", _json_ld("[" * depth + "]" * depth)), settings=settings)
    assert page.title in ("A heron", "A heron at dawn")


def test_it_takes_no_more_of_a_nest_than_its_first_levels(site: PageServer, settings: Settings) -> None:
    page = read_page(site.put("/page", _json_ld('["fog", [["mill"]], [[[[["deep"]]]]]]')), settings=settings)
    assert page.keywords == ("fog", "mill")


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "rot13", "hex"]
)
def test_it_refuses_a_charset_that_is_none(charset: str, site: PageServer, settings: Settings) -> None:
    told = PAGE.format("<meta name='x' content='\\u00 \\N{no} +-é'>")
    url = site.put("/page", body=told.encode(), content_type=f"text/html; charset={charset}")
    assert read_page(url, settings=settings).title == "A heron at dawn"


@pytest.mark.parametrize("error", [RecursionError(), UnicodeError(), KeyError("x"), TypeError(), AttributeError()])
def test_it_gives_a_page_up_that_breaks_a_parser(
    error: Exception, site: PageServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(trafilatura, "extract_metadata", breaks)
    with pytest.raises(PageNotRead) as raised:
        read_page(site.put("/page", PAGE.format("")), settings=settings)
    assert (raised.value.code, raised.value.status) == ("page_unreadable", 200)
