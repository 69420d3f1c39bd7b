"""A page's title, description and keywords are found in whichever way it says them."""

import gzip

from config import Settings
from services.scraping import Page, read_page
from tests.servers.pages import PageServer

WELL_KEPT = """<!doctype html><html><head><title>A heron at dawn | Rivers</title>
<meta property="og:title" content="A heron at dawn"><meta property="og:site_name" content="Rivers">
<meta property="og:description" content="A heron stands in the shallows.">
<meta property="og:type" content="video.other">
<meta name="keywords" content="heron, dawn; river, Heron"></head><body><p>Text.</p></body></html>"""
AS_DATA = """<html><head><title>Watch</title><script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [
{"@type": "Organization", "name": "The Rivers Trust"},
{"@type": "VideoObject", "name": "A heron at dawn", "description": "A heron stands in the shallows.",
 "keywords": ["heron", "dawn"], "duration": "PT12S", "author": {"@type": "Person", "name": "Ada"}}]}</script>
<script type="application/ld+json">{broken</script></head><body></body></html>"""
ONLY_TEXT = """<html><head><title>The mill</title></head><body><nav><a href="/">Home</a></nav><article><h1>The mill</h1>
<p>The old mill stands where two streams meet, and its wheel has not turned for a century or more.</p>
<p>Herons come at dawn, when the fog is still on the water, and stand there for an hour at a time.</p>
</article></body></html>"""


def _read(site: PageServer, settings: Settings, html: str, **more: object) -> Page:
    return read_page(site.put("/page", html, **more), settings=settings)


def test_it_reads_open_graph(site: PageServer, settings: Settings) -> None:
    page = _read(site, settings, WELL_KEPT)
    assert (page.title, page.description) == ("A heron at dawn", "A heron stands in the shallows.")
    assert page.keywords == ("heron", "dawn", "river")
    assert page.site == "Rivers"
    assert page.open_graph["og:type"] == "video.other"
    assert (page.url, page.status) == (f"{site.url}/page", 200)


def test_it_reads_json_ld_and_passes_over_what_is_broken(site: PageServer, settings: Settings) -> None:
    page = _read(site, settings, AS_DATA)
    assert (page.title, page.description) == ("A heron at dawn", "A heron stands in the shallows.")
    assert page.keywords == ("heron", "dawn")
    assert page.schema_org[1] == {
        "@type": "VideoObject",
        "name": "A heron at dawn",
        "description": "A heron stands in the shallows.",
        "keywords": "heron, dawn",
        "author": "Ada",
        "duration": "PT12S",
    }


def test_it_takes_the_opening_of_the_text_where_nothing_describes_it(site: PageServer, settings: Settings) -> None:
    page = _read(site, settings, ONLY_TEXT)
    assert page.title == "The mill"
    assert "The old mill stands where two streams meet" in page.description
    assert "Home" not in page.description
    assert page.keywords == ()


def test_it_says_nothing_of_a_page_that_says_nothing(site: PageServer, settings: Settings) -> None:
    page = _read(site, settings, "<html><body></body></html>")
    assert (page.title, page.description, page.keywords, page.schema_org) == ("", "", (), [])


def test_it_reads_latin_1_as_its_server_says(site: PageServer, settings: Settings) -> None:
    body = "<html><head><title>Über Flüsse, „früh“</title></head></html>".encode("cp1252")
    page = _read(site, settings, "", body=body, content_type="text/html; charset=iso-8859-1")
    assert page.title == "Über Flüsse, „früh“"


def test_it_reads_a_charset_that_the_page_itself_names(site: PageServer, settings: Settings) -> None:
    body = '<html><head><meta charset="shift_jis"><title>夜の東京駅</title></head></html>'.encode("shift_jis")
    assert _read(site, settings, "", body=body, content_type="text/html").title == "夜の東京駅"


def test_it_guesses_where_nobody_names_a_charset_that_there_is(site: PageServer, settings: Settings) -> None:
    body = "<html><head><title>Über Flüsse</title></head></html>".encode()
    assert _read(site, settings, "", body=body, content_type="text/html; charset=klingon").title == "Über Flüsse"


def test_it_unpacks_what_was_asked_for_plain(site: PageServer, settings: Settings) -> None:
    packed = gzip.compress(WELL_KEPT.encode())
    page = _read(site, settings, "", body=packed, headers={"Content-Encoding": "gzip"})
    assert page.title == "A heron at dawn"


def test_it_keeps_what_a_database_can_keep(site: PageServer, settings: Settings) -> None:
    page = _read(site, settings, "<html><head><title>A\x00 heron\x1b[31m at&#0; dawn\n </title></head></html>")
    assert page.title == "A heron[31m at� dawn"


def test_it_bounds_what_a_page_says(site: PageServer, settings: Settings) -> None:
    words = ", ".join(f"word{n}" for n in range(5000))
    long = f'<meta name="description" content="{"so " * 9000}"><meta name="keywords" content="{words}">'
    page = _read(site, settings, f"<html><head><title>{'A' * 9000}</title>{long}</head></html>")
    assert (len(page.title), len(page.keywords)) == (300, 30)
    assert len(page.description) <= 5000


def test_it_stands_pages_nested_without_end(site: PageServer, settings: Settings) -> None:
    deep = '{"@graph": [' * 20_000
    html = f'<html><head><title>A heron</title><script type="application/ld+json">{deep}</script></head>'
    assert _read(site, settings, f"{html}<body>{'<div>' * 50_000}</body></html>").title == "A heron"
