"""Pages are read where robots are welcome, and nowhere else."""

import pytest

from config import Settings
from errors import TransientError
from services.scraping import PageNotRead, read_page
from tests.servers.pages import PageServer

HERON = "<html><head><title>A heron at dawn</title></head></html>"


def _rules(site: PageServer, text: str, **more: object) -> None:
    site.put("/robots.txt", text, content_type="text/plain", **more)


@pytest.mark.parametrize("rules", ["User-agent: *\nDisallow: /", "User-agent: Backbeat\nDisallow: /page"])
def test_it_keeps_off_where_robots_are_not_wanted(rules: str, site: PageServer, settings: Settings) -> None:
    _rules(site, rules)
    with pytest.raises(PageNotRead, match="does not want robots") as raised:
        read_page(site.put("/page", HERON), settings=settings)
    assert raised.value.code == "robots_forbid"
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize(
    "rules", ["User-agent: *\nDisallow: /private", "User-agent: Other\nDisallow: /", "", "\xff<html>"]
)
def test_it_reads_where_they_are(rules: str, site: PageServer, settings: Settings) -> None:
    _rules(site, rules)
    assert read_page(site.put("/page", HERON), settings=settings).title == "A heron at dawn"


def test_it_asks_again_for_the_page_that_one_leads_to(site: PageServer, settings: Settings) -> None:
    _rules(site, "User-agent: *\nDisallow: /private")
    site.put("/private/page", HERON)
    with pytest.raises(PageNotRead, match="does not want robots"):
        read_page(site.redirect("/page", "/private/page"), settings=settings)
    assert site.asked == ["/robots.txt", "/page"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_it_waits_where_the_rules_cannot_be_had_just_now(status: int, site: PageServer, settings: Settings) -> None:
    _rules(site, "", status=status)
    with pytest.raises(TransientError):
        read_page(site.put("/page", HERON), settings=settings)
    assert site.asked == ["/robots.txt"]


def test_it_says_who_it_is(site: PageServer, settings: Settings) -> None:
    read_page(site.put("/page", HERON), settings=settings)
    assert [agent.partition("/")[0] for agent in site.agents] == ["Backbeat"]
