"""Pages are asked for where they have moved to, but never inside, and never without end."""

import pytest

from config import Settings
from services.scraping import PageNotRead, read_page
from tests.servers.pages import PageServer
from tests.webhooks.names import Connections, Names

HERON = "<html><head><title>A heron at dawn</title></head></html>"
PUBLIC = "http://rivers.example/page"
INSIDE = (
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://inside.example/",
    "http://2130706433/",
    "file:///etc/passwd",
    "gopher://rivers.example/",
    "http://rivers.example:22/",
)


def test_it_follows_a_page_that_has_moved(site: PageServer, settings: Settings) -> None:
    moved = site.redirect("/old", "/new#part", 301)
    site.put("/new", HERON)
    page = read_page(moved, settings=settings)
    assert (page.title, page.url) == ("A heron at dawn", f"{site.url}/new")


def test_it_ends_where_pages_lead_in_a_circle(site: PageServer, settings: Settings) -> None:
    site.redirect("/a", "/b")
    url = site.redirect("/b", "/a")
    with pytest.raises(PageNotRead, match="has moved more than 5 times") as raised:
        read_page(url, settings=settings)
    assert raised.value.code == "too_many_redirects"
    assert len([path for path in site.asked if path != "/robots.txt"]) == 6


@pytest.mark.parametrize("inside", INSIDE)
def test_it_is_not_led_inside(inside: str, site: PageServer, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page is public, as far as anybody can see; the test's own server stands in for it."""
    site.redirect("/page", inside)
    connections = Connections(monkeypatch, stand_in={"93.184.216.34": site.server_port})
    names.say("rivers.example", ["93.184.216.34"])
    names.say("inside.example", ["10.0.0.1"])
    with pytest.raises(PageNotRead) as raised:
        read_page(PUBLIC, settings=Settings())
    assert raised.value.code == "address_refused"
    assert set(connections.to) == {"93.184.216.34"}
    assert site.asked == ["/robots.txt", "/page"]


def test_it_asks_nothing_at_an_address_inside(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    connections = Connections(monkeypatch)
    with pytest.raises(PageNotRead, match="private or special"):
        read_page("http://127.0.0.1/", settings=Settings())
    assert connections.to == []


def test_robots_txt_does_not_lead_inside_either(
    site: PageServer, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.redirect("/robots.txt", "http://127.0.0.1/robots.txt")
    connections = Connections(monkeypatch, stand_in={"93.184.216.34": site.server_port})
    names.say("rivers.example", ["93.184.216.34"])
    with pytest.raises(PageNotRead):
        read_page(PUBLIC, settings=Settings())
    assert connections.to == ["93.184.216.34"]
