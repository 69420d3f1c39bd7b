"""The whole story in a real browser: click Analyze, watch it run, see the result."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack
from tests.story.bars import SECONDS, grows
from tests.story.makers import slow_playlist, slow_songs

ANALYZE = re.compile("^Analyze")


def test_the_first_click_works(page: Page) -> None:
    """A newcomer opens the address and analyzes a song of the sample library."""
    page.goto("/")
    page.get_by_role("link", name="Pretty Polly").click()
    page.get_by_role("button", name=ANALYZE).click()
    expect(page.get_by_role("button", name="Re-analyze")).to_be_enabled(timeout=20 * SECONDS)
    expect(page.get_by_text("of 100")).to_be_visible()
    expect(page.locator("main")).to_contain_text(re.compile("Teen|Mature|Explicit"))


def test_a_songs_bar_moves_and_its_result_appears_without_a_reload(
    page: Page, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    lrclib.thinks_for_seconds = 2.5
    song_id = slow_songs(shared_stack, lrclib, "One Song", 1)[0]
    page.goto(f"/songs/{song_id}")
    page.get_by_role("button", name=ANALYZE).click()
    bar = page.locator("#song-slot [role=progressbar]")
    expect(bar).to_be_visible()
    expect(page.locator("#song-slot .progress-text")).to_contain_text("Looking for the lyrics")
    grows(page, bar, 0)
    expect(page.locator("main")).to_contain_text("stabbed him dead", timeout=20 * SECONDS)
    assert shared_stack.get(f"/api/songs/{song_id}/analysis")["findings"][0]["line"] == 1


def test_a_song_reloaded_in_mid_job_picks_its_bar_up(page: Page, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 3.0
    song_id = slow_songs(shared_stack, lrclib, "Reloaded", 1)[0]
    page.goto(f"/songs/{song_id}")
    page.get_by_role("button", name=ANALYZE).click()
    expect(page.locator("#song-slot [role=progressbar]")).to_be_visible()
    page.reload()
    expect(page.locator("#song-slot .progress-text")).to_contain_text("Looking for the lyrics")
    expect(page.locator("main")).to_contain_text("stabbed him dead", timeout=20 * SECONDS)


def test_a_playlist_runs_in_two_tabs_and_through_a_reload(
    tabs: BrowserContext, shared_stack: Stack, lrclib: LrclibServer
) -> None:
    lrclib.thinks_for_seconds = 0.4
    playlist = slow_playlist(shared_stack, lrclib, "Two tabs", 30)
    first, second = tabs.new_page(), tabs.new_page()
    first.goto(f"/playlists/{playlist}")
    first.get_by_role("button", name=ANALYZE).click()
    bar = first.locator("#playlist-slot [role=progressbar]").first
    value = grows(first, bar, grows(first, bar, 2))

    second.goto(f"/playlists/{playlist}")
    assert grows(second, second.locator("#playlist-slot [role=progressbar]").first, 2) >= value
    first.reload()
    after = grows(first, first.locator("#playlist-slot [role=progressbar]").first, 2)
    assert after >= value

    for tab in (first, second):
        expect(tab.locator(".lead-line")).to_contain_text("all analyzed", timeout=60 * SECONDS)
    assert shared_stack.rows(
        "SELECT count(*) FROM job WHERE type = 'analyze_playlist' AND target_id = :id", id=str(playlist)
    ) == [(1,)]


def test_the_dashboard_shows_the_same_work(tabs: BrowserContext, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 0.5
    playlist = slow_playlist(shared_stack, lrclib, "On the dashboard", 24)
    dashboard = tabs.new_page()
    dashboard.goto("/admin/queues/board")
    expect(dashboard.locator("main")).to_contain_text(re.compile("workers? (is|are) alive"), timeout=15 * SECONDS)
    job_id = shared_stack.post(f"/api/playlists/{playlist}/analyze")["job_id"]
    dashboard.reload()
    expect(dashboard.locator("main")).to_contain_text("On the dashboard")
    expect(dashboard.locator("[data-queue-dashboard]")).to_contain_text("busy", timeout=15 * SECONDS)
    assert shared_stack.ended(job_id)["status"] == "finished"


def test_the_whole_library_is_analyzed_behind_ones_back(page: Page, lrclib: LrclibServer) -> None:
    """The notice comes on whatever page the person is by then."""
    lrclib.thinks_for_seconds = 0.0
    page.goto("/")
    page.get_by_role("button", name=re.compile("whole library")).click()
    expect(page.locator("[data-job-strip=analyze_library]")).to_be_visible()
    page.get_by_role("link", name="Playlists").first.click()
    expect(page.get_by_text(re.compile("library.*(done|finished|analyzed)", re.I)).first).to_be_visible(
        timeout=150 * SECONDS
    )


def test_hostile_titles_stay_text(page: Page, shared_stack: Stack) -> None:
    hostile = "<img src=x onerror='window.__xss=1'><script>window.__xss=1</script>"
    song_id = shared_stack.post("/api/songs", title=hostile, artist=hostile, lyrics="la")["id"]
    playlist = shared_stack.post("/api/playlists", name=hostile, song_ids=[song_id])["id"]
    shared_stack.post(f"/api/playlists/{playlist}/analyze")
    for path in (f"/songs/{song_id}", f"/playlists/{playlist}", "/?q=onerror", "/playlists", "/admin/queues"):
        page.goto(path)
        expect(page.get_by_text("onerror").first).to_be_attached()
        assert page.evaluate("window.__xss") is None
