"""What may pass by itself is told from what never will, and nobody holds a reader for ever."""

import pytest

from clients.public_http import Unreachable
from config import Settings
from errors import TransientError
from services.scraping import PageNotRead, read_page, reading
from tests.servers.pages import PageServer

FINAL = {
    "missing": ({"status": 404}, "page_missing", 404),
    "gone": ({"status": 410}, "page_missing", 410),
    "for others": ({"status": 403}, "page_refused", 403),
    "a redirect to nowhere": ({"status": 302}, "page_refused", 302),
    "a video": ({"content_type": "video/mp4"}, "not_html", 200),
    "of no kind": ({"content_type": ""}, "not_html", 200),
    "empty": ({"body": b""}, "page_empty", 200),
}


@pytest.mark.parametrize(("sent", "code", "status"), FINAL.values(), ids=FINAL)
def test_it_gives_these_up(
    sent: dict[str, object], code: str, status: int, site: PageServer, settings: Settings
) -> None:
    with pytest.raises(PageNotRead) as raised:
        read_page(site.put("/page", **sent), settings=settings)  # type: ignore[arg-type] # fields of `Sent`
    assert (raised.value.code, raised.value.status) == (code, status)


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_it_may_try_these_again(status: int, site: PageServer, settings: Settings) -> None:
    with pytest.raises(TransientError, match=f"answers {status} just now"):
        read_page(site.put("/page", "Later.", status=status), settings=settings)


def test_it_waits_as_long_as_it_is_told(site: PageServer, settings: Settings) -> None:
    url = site.put("/page", "Later.", status=429, headers={"Retry-After": "90"})
    with pytest.raises(TransientError) as raised:
        read_page(url, settings=settings)
    assert raised.value.retry_after_seconds == 90


def test_it_may_try_again_where_nobody_answers(settings: Settings) -> None:
    with pytest.raises(Unreachable):
        read_page("http://127.0.0.1:9/", settings=settings)


def test_it_does_not_wait_for_one_that_never_answers(
    site: PageServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TOTAL_SECONDS", 0.3)
    with pytest.raises(Unreachable, match="in time"):
        read_page(site.put("/page", silent=True), settings=settings)


def test_it_reads_only_the_start_of_a_page_without_end(site: PageServer, settings: Settings) -> None:
    start = "<html><head><title>A heron at dawn</title></head><body>" + "<p>On and on.</p>" * 1000
    assert read_page(site.put("/page", start, endless=True), settings=settings).title == "A heron at dawn"
