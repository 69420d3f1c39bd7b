"""The console keeps itself up to date, and takes nothing from the operator."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack
from tests.story.console import ADDRESS, Console
from tests.story.makers import slow_playlist

SECONDS = 1000  # Playwright counts in milliseconds


@pytest.fixture
def console(page: Page) -> Console:
    opened = Console(page, rows=list(range(40, 0, -1)))
    opened.open()
    return opened


def _top(page: Page, selector: str) -> float:
    return float(page.locator(selector).evaluate("element => element.getBoundingClientRect().top"))


def test_it_shows_what_is_new(console: Console, page: Page) -> None:
    console.rows, console.note = [41, *console.rows], "second"
    console.refresh()
    expect(page.locator("#job-41")).to_be_visible()
    expect(page.locator("#note-1")).to_have_text("second")


def test_it_keeps_ticks_open_rows_and_focus(console: Console, page: Page) -> None:
    page.locator("#pick-40").check()
    page.locator("#more-39").click()
    page.locator("#link-38").focus()
    console.rows, console.note = [42, 41, *console.rows], "second"
    page.keyboard.press("r")
    expect(page.locator("#note-38")).to_have_text("second")
    expect(page.locator("#pick-40")).to_be_checked()
    expect(page.locator("#pick-42")).not_to_be_checked()
    expect(page.locator("#job-39 details")).to_have_attribute("open", "")
    expect(page.locator("#link-38")).to_be_focused()


def test_what_the_operator_looks_at_stays_where_it_is(console: Console, page: Page) -> None:
    page.locator("#job-20").scroll_into_view_if_needed()
    before = _top(page, "#job-20")
    console.rows = [43, 42, 41, *console.rows]
    page.keyboard.press("r")
    expect(page.locator("#job-43")).to_be_attached()
    assert _top(page, "#job-20") == pytest.approx(before, abs=1)


def test_the_row_under_the_pointer_stays_there(console: Console, page: Page) -> None:
    page.locator("#job-39").hover()
    before = _top(page, "#job-39")
    console.rows = [42, 41, *console.rows]
    page.keyboard.press("r")
    expect(page.locator("#job-42")).to_be_attached()
    assert _top(page, "#job-39") == pytest.approx(before, abs=1)


def test_a_ticked_row_stays_though_the_list_has_moved_on(console: Console, page: Page) -> None:
    page.locator("#pick-1").check()
    console.rows = [41, *console.rows[:-2]]
    console.refresh()
    expect(page.locator("#job-41")).to_be_attached()
    expect(page.locator("#pick-1")).to_be_checked()
    expect(page.locator("#job-2")).to_have_count(0)


def test_a_form_being_filled_holds_it(console: Console, page: Page) -> None:
    page.get_by_label("Words").fill("typed")
    console.rows = [42, 41, *console.rows]
    console.refresh()
    held = page.get_by_role("button", name="2 new · show")
    expect(held).to_be_visible()
    expect(page.locator("#job-42")).to_have_count(0)
    held.click()
    expect(page.locator("#job-42")).to_be_visible()
    expect(page.get_by_label("Words")).to_have_value("typed")
    expect(held).to_be_hidden()


def test_a_form_that_was_cleared_holds_nothing(console: Console, page: Page) -> None:
    page.get_by_label("Words").fill("typed")
    page.get_by_label("Words").fill("")
    console.rows = [41, *console.rows]
    console.refresh()
    expect(page.locator("#job-41")).to_be_visible()


def test_selected_text_holds_its_region_until_it_is_let_go(console: Console, page: Page) -> None:
    page.locator("#note-40").dblclick()
    console.note, console.extra = "second", "<p id='other'>Elsewhere</p>"
    page.keyboard.press("r")
    expect(page.locator("#other")).to_be_visible()
    expect(page.locator("#note-40")).to_have_text("first")
    expect(page.get_by_role("button", name="Changes waiting · show")).to_be_visible()
    page.evaluate("getSelection().removeAllRanges()")
    page.keyboard.press("r")
    expect(page.locator("#note-40")).to_have_text("second")


def test_an_open_sheet_holds_its_region(page: Page) -> None:
    sheet = '<button popovertarget="ask">Ask</button><div popover id="ask">Sure? <b id="state">{}</b></div>'
    console = Console(page, rows=[1], extra=sheet.format("first"))
    console.open()
    page.get_by_role("button", name="Ask").click()
    console.extra, console.note = sheet.format("second"), "second"
    page.keyboard.press("r")
    expect(page.locator("#note-1")).to_have_text("second")
    expect(page.locator("#state")).to_have_text("first")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#state")).to_have_text("second")


def test_the_rate_is_remembered_and_shared_by_tabs(console: Console, page: Page, tabs: BrowserContext) -> None:
    other = tabs.new_page()
    other.goto("/admin/workers")
    page.get_by_label("Refresh", exact=True).select_option("every 30 s")
    expect(other.get_by_label("Refresh", exact=True)).to_have_value("30")
    page.reload()
    expect(page.get_by_label("Refresh", exact=True)).to_have_value("30")


def test_it_reads_at_the_rate_and_stops_when_paused(page: Page) -> None:
    page.clock.install()
    console = Console(page, rows=[1])
    console.open()
    console.refresh_every(10)
    expect(page.locator("#note-1")).to_have_text("first")
    console.note = "second"
    page.clock.run_for(12 * SECONDS)
    expect(page.locator("#note-1")).to_have_text("second")
    page.get_by_role("button", name="Pause the refresh").click()
    reads = len(console.reads)
    page.clock.run_for(60 * SECONDS)
    assert len(console.reads) == reads


def test_a_hidden_tab_asks_for_nothing_and_catches_up(page: Page) -> None:
    page.clock.install()
    console = Console(page, rows=[1])
    console.open()
    console.refresh_every(2)
    page.clock.run_for(3 * SECONDS)
    _show(page, False)
    expect(page.locator("#note-1")).to_have_text("first")
    reads = len(console.reads)
    page.clock.run_for(60 * SECONDS)
    assert len(console.reads) == reads
    console.note = "second"
    _show(page, True)
    expect(page.locator("#note-1")).to_have_text("second")


def _show(page: Page, is_shown: bool) -> None:
    """As when the person goes to another tab, and comes back."""
    page.evaluate(
        "isHidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => isHidden});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        not is_shown,
    )


def test_what_is_there_stays_while_the_server_is_away(browser_page: Page) -> None:
    page = browser_page
    page.clock.install()
    console = Console(page, rows=[1])
    console.open()
    console.refresh_every(2)
    console.down, console.note = True, "second"
    page.clock.run_for(3 * SECONDS)
    expect(page.get_by_text(re.compile("Reconnecting… since "))).to_be_visible()
    expect(page.locator("#note-1")).to_have_text("first")
    console.down = False
    page.clock.run_for(10 * SECONDS)
    expect(page.locator("#note-1")).to_have_text("second")
    expect(page.get_by_text("Reconnecting")).to_have_count(0)


def test_a_page_that_did_not_change_costs_no_bytes(page: Page) -> None:
    page.goto("/admin/audit")
    refresh = page.get_by_role("button", name="Refresh now")
    with page.expect_response(re.compile("/admin/audit$")) as first:
        refresh.click()
    with page.expect_response(re.compile("/admin/audit$")) as second:
        refresh.click()
    assert (first.value.status, second.value.status) == (200, 304)


def test_it_works_without_the_library_that_morphs(page: Page) -> None:
    page.route(re.compile("idiomorph"), lambda route: route.fulfill(body="", content_type="text/javascript"))
    console = Console(page, rows=[1])
    console.open()
    console.note = "second"
    console.refresh()
    expect(page.locator("#note-1")).to_have_text("second")
    page.locator("#pick-1").check()
    console.note = "third"
    console.refresh()
    expect(page.get_by_role("button", name="Changes waiting · show")).to_be_visible()
    expect(page.locator("#pick-1")).to_be_checked()
    assert ADDRESS in page.url


def test_a_search_that_found_nothing_goes_on_by_itself(page: Page) -> None:
    link = '<a href="/admin/jobs?cursor={}" data-search-on>Search further</a>'
    console = Console(page, rows=[], extra=link.format(1))

    def further(route: Route) -> None:
        cursor = int(route.request.url.rpartition("=")[2])
        console.rows, console.extra = ([7], "") if cursor == 3 else ([], link.format(cursor + 1))
        console.answer(route)

    page.route(re.compile(r"/admin/jobs\?cursor="), further)
    console.open()
    expect(page.locator("#job-7")).to_be_visible()
    expect(page).to_have_url(re.compile("cursor=3$"))


def test_jobs_come_in_and_their_bars_go_on(page: Page, shared_stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 1.0
    first = shared_stack.post(f"/api/playlists/{slow_playlist(shared_stack, lrclib, 'First', 8)}/analyze")["job_id"]
    page.goto(ADDRESS)
    page.get_by_label("Refresh", exact=True).select_option("every 2 s")
    page.get_by_role("checkbox", name="Select First").check()
    bar = page.locator(f"#job-{first}").get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
    bar.evaluate("bar => { bar.isTheSame = true }")
    second = shared_stack.post(f"/api/playlists/{slow_playlist(shared_stack, lrclib, 'Second', 2)}/analyze")["job_id"]
    expect(page.locator(f"#job-{second}")).to_be_visible()
    expect(page.locator(f"#job-{second}").get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", re.compile("%")
    )
    assert bar.evaluate("bar => bar.isTheSame")
    expect(page.locator(f"#job-{first}")).to_contain_text("Finished", timeout=60 * SECONDS)
    expect(page.get_by_role("checkbox", name="Select First")).to_be_checked()
