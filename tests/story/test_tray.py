"""The tray: a person's jobs on every page, in every tab."""

import re

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack
from tests.story.makers import slow_playlist, slow_songs

SECONDS = 1000  # Playwright counts in milliseconds
MINE = re.compile("/api/jobs/mine$")


def _button(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_role("button", name=re.compile("^My jobs"))


def _tray(page: Page) -> Locator:
    return page.get_by_role("dialog", name="My jobs")


def _clear(page: Page, path: str = "/playlists") -> None:
    """A page with a tray that has no results left from other tests."""
    page.goto(path)
    _button(page).click()
    expect(_tray(page)).to_be_visible()
    if _tray(page).get_by_role("button", name="Clear").is_visible():
        _tray(page).get_by_role("button", name="Clear").click()
    expect(_tray(page)).to_contain_text("Nothing runs")


def test_it_says_what_to_do_when_there_is_nothing(page: Page) -> None:
    _clear(page)
    expect(_tray(page)).to_contain_text("Analyze a song or import files")
    page.keyboard.press("Escape")
    expect(_tray(page)).to_be_hidden()


def test_it_follows_work_over_pages_and_reloads_to_its_end(
    page: Page, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    lrclib.thinks_for_seconds = 0.3
    playlist = slow_playlist(shared_stack, lrclib, "In the tray", 20)
    _clear(page, f"/playlists/{playlist}")
    page.keyboard.press("Escape")
    page.get_by_role("main").get_by_role("button", name=re.compile("^Analyze")).click()
    expect(_button(page)).to_have_accessible_name("My jobs 1 running or waiting")
    page.goto("/import")
    expect(_button(page)).to_have_accessible_name("My jobs 1 running or waiting")
    _button(page).click()
    bar = _tray(page).get_by_role("progressbar", name="In the tray")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
    page.reload()
    _button(page).click()
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
    ended = _tray(page).get_by_role("list", name="Ended lately")
    expect(ended).to_contain_text("In the tray", timeout=60 * SECONDS)
    expect(ended).to_contain_text("Finished")
    expect(_button(page)).to_have_accessible_name("My jobs")
    ended.get_by_role("link", name="In the tray").click()
    page.wait_for_url(re.compile(f"/playlists/{playlist}$"))


def test_it_learns_of_another_tabs_work(tabs: BrowserContext, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 4.0
    song_id = slow_songs(shared_stack, lrclib, "Elsewhere", 1)[0]
    here, there = tabs.new_page(), tabs.new_page()
    _clear(here)
    there.goto(f"/songs/{song_id}")
    there.get_by_role("main").get_by_role("button", name=re.compile("^Analyze")).click()
    expect(_tray(here).get_by_role("progressbar")).to_be_attached()  # it may stand at nought
    expect(_tray(here).get_by_role("list", name="Ended lately")).to_contain_text("Elsewhere", timeout=30 * SECONDS)


def test_it_cancels_and_starts_over(page: Page, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 0.0
    song_id = slow_songs(shared_stack, lrclib, "Stopped", 1)[0]
    shared_stack.post("/api/queue/high/pause")
    job_id = shared_stack.post(f"/api/songs/{song_id}/analyze")["job_id"]
    _clear_but_live(page)
    _tray(page).get_by_role("button", name=re.compile("^Cancel")).click()
    ended = _tray(page).get_by_role("list", name="Ended lately")
    expect(ended).to_contain_text("Canceled", timeout=30 * SECONDS)
    shared_stack.post("/api/queue/high/resume")
    ended.get_by_role("button", name=re.compile("^Retry")).first.click()
    expect(ended).to_contain_text("Finished", timeout=30 * SECONDS)
    assert shared_stack.ended(job_id)["attempt"] == 2


def _clear_but_live(page: Page) -> None:
    page.goto("/playlists")
    _button(page).click()
    expect(_tray(page).get_by_role("progressbar")).to_be_attached()  # it may stand at nought
    if _tray(page).get_by_role("button", name="Clear").is_visible():
        _tray(page).get_by_role("button", name="Clear").click()


def test_what_was_cleared_stays_away(page: Page, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 0.0
    song_id = slow_songs(shared_stack, lrclib, "Cleared", 1)[0]
    shared_stack.ended(shared_stack.post(f"/api/songs/{song_id}/analyze")["job_id"])
    page.goto("/playlists")
    _button(page).click()
    expect(_tray(page)).to_contain_text("Cleared")
    _tray(page).get_by_role("button", name="Clear").click()
    page.reload()
    _button(page).click()
    expect(_tray(page)).to_contain_text("Nothing runs")
    expect(_tray(page)).not_to_contain_text("Cleared")


def test_it_asks_once_where_nothing_runs(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.clock.install()
    page.goto("/playlists")
    page.clock.run_for(120 * SECONDS)
    expect(_button(page)).to_be_visible()
    assert len(asked) == 1
    assert MINE.search(asked[0])
