"""The progress client in a real browser, with the network and the server at their worst."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.servers.lrclib import LrclibServer
from tests.servers.proxy import CountingProxy, Mood
from tests.stack import Stack
from tests.story.bars import SECONDS, grows, value_of
from tests.story.makers import slow_playlist, slow_songs

# What the browser itself logs when a request fails, as it does here on purpose.
FAILED_REQUEST = "Failed to load resource"


@pytest.fixture(scope="module")
def proxy(shared_stack: Stack) -> Iterator[CountingProxy]:
    with CountingProxy(shared_stack.url) as started:
        yield started


@pytest.fixture
def person(browser: Browser, proxy: CountingProxy) -> Iterator[BrowserContext]:
    """A browser that reaches Backbeat through the proxy, and whose network may fail."""
    proxy.mood = "fine"
    context = browser.new_context(base_url=proxy.url, viewport={"width": 1280, "height": 800})
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert [text for text in complaints if not text.startswith(FAILED_REQUEST)] == []


def _running_playlist(stack: Stack, lrclib: LrclibServer, name: str, size: int) -> str:
    lrclib.thinks_for_seconds = 0.4
    playlist = slow_playlist(stack, lrclib, name, size)
    job_id: str = stack.post(f"/api/playlists/{playlist}/analyze")["job_id"]
    return job_id


def _bar(page: Page) -> Locator:
    return page.locator("main [role=progressbar]").first


def test_two_tabs_have_one_poller(
    person: BrowserContext, proxy: CountingProxy, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    job_id = _running_playlist(shared_stack, lrclib, "One poller", 60)
    tabs = [person.new_page(), person.new_page()]
    asked = [0, 0]

    def count(number: int, request: Request) -> None:
        asked[number] += "/api/progress" in request.url

    for number, tab in enumerate(tabs):
        tab.on("request", partial(count, number))
        tab.goto(f"/jobs/{job_id}")
    for tab in tabs:
        grows(tab, _bar(tab), 1)
    tabs[0].wait_for_timeout(1500)  # the tabs agree on who asks
    asked[:], before = [0, 0], proxy.polls()
    values = [value_of(_bar(tab)) for tab in tabs]
    for tab, value in zip(tabs, values, strict=True):
        grows(tab, _bar(tab), value)
    for tab, value in zip(tabs, values, strict=True):
        grows(tab, _bar(tab), value + 3)
    assert sorted(asked)[0] == 0
    assert 0 < proxy.polls() - before <= max(asked) + 1
    shared_stack.post(f"/api/jobs/{job_id}/cancel")


def test_a_lost_network_is_waited_for(person: BrowserContext, shared_stack: Stack, lrclib: LrclibServer) -> None:
    job_id = _running_playlist(shared_stack, lrclib, "Offline", 24)
    page = person.new_page()
    page.goto(f"/jobs/{job_id}")
    value = grows(page, _bar(page), 2)
    person.set_offline(True)
    expect(page.locator("main").get_by_text(re.compile("Reconnecting… since"))).to_be_visible(timeout=15 * SECONDS)
    assert value_of(_bar(page)) >= value
    person.set_offline(False)
    grows(page, _bar(page), value)
    expect(page.locator("main").get_by_text(re.compile("Reconnecting"))).to_have_count(0)
    expect(_bar(page)).to_have_attribute("aria-valuenow", "100", timeout=60 * SECONDS)


@pytest.mark.parametrize("mood", ["bad_gateway", "garbage"])
def test_a_proxys_nonsense_ends_nothing(
    mood: Mood, person: BrowserContext, proxy: CountingProxy, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    job_id = _running_playlist(shared_stack, lrclib, f"A proxy says {mood}", 40)
    page = person.new_page()
    page.goto(f"/jobs/{job_id}")
    value = grows(page, _bar(page), 1)
    proxy.mood = mood
    expect(page.get_by_role("button", name=re.compile("Try again"))).to_be_visible(timeout=30 * SECONDS)
    assert value_of(_bar(page)) >= value
    proxy.mood = "fine"
    page.get_by_role("button", name=re.compile("Try again")).click()
    grows(page, _bar(page), value)
    shared_stack.post(f"/api/jobs/{job_id}/cancel")


def test_a_restarted_server_is_found_again(person: BrowserContext, shared_stack: Stack, lrclib: LrclibServer) -> None:
    job_id = _running_playlist(shared_stack, lrclib, "Redeployed", 60)
    page = person.new_page()
    page.goto(f"/jobs/{job_id}")
    value = grows(page, _bar(page), 2)
    for process in shared_stack.processes("web"):
        process.kill()
    again = page.get_by_role("button", name=re.compile("Try again"))
    for _ in range(600):
        if again.is_visible():
            with suppress(PlaywrightTimeoutError):  # the page may have found it by itself meanwhile
                again.click(timeout=1 * SECONDS)
        if value_of(_bar(page)) > value:
            break
        page.wait_for_timeout(100)
    assert value_of(_bar(page)) > value
    shared_stack.post(f"/api/jobs/{job_id}/cancel")


def test_it_is_canceled_and_retried_from_the_bar(
    person: BrowserContext, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    lrclib.thinks_for_seconds = 3.0
    song_id = slow_songs(shared_stack, lrclib, "Canceled from the bar", 1)[0]
    page = person.new_page()
    page.goto(f"/songs/{song_id}")
    page.get_by_role("button", name=re.compile("^Analyze")).click()
    controls = page.locator("#song-slot .progress-controls")
    controls.get_by_role("button", name=re.compile("Cancel")).click()
    expect(page.locator("#song-slot .progress-text")).to_contain_text(re.compile("Cancel+ed"), timeout=30 * SECONDS)
    lrclib.thinks_for_seconds = 0.1
    controls.get_by_role("button", name=re.compile("Retry")).click()
    expect(page.locator("#song-slot [role=progressbar]")).to_have_class(re.compile("success"), timeout=30 * SECONDS)


def test_a_hidden_tab_asks_next_to_nothing_and_catches_up(
    person: BrowserContext, proxy: CountingProxy, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    job_id = _running_playlist(shared_stack, lrclib, "Hidden", 40)
    page = person.new_page()
    page.add_init_script(
        """let hidden = false;
        Object.defineProperty(document, 'hidden', { get: () => hidden });
        window.setHidden = (value) => { hidden = value; document.dispatchEvent(new Event('visibilitychange')); };"""
    )
    page.goto(f"/jobs/{job_id}")
    value = grows(page, _bar(page), 1)
    page.evaluate("setHidden(true)")
    page.wait_for_timeout(1500)  # what was under way
    before = proxy.polls()
    page.wait_for_timeout(6000)
    assert proxy.polls() - before <= 1
    page.evaluate("setHidden(false)")
    grows(page, _bar(page), value + 3)
    shared_stack.post(f"/api/jobs/{job_id}/cancel")
