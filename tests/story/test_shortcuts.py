"""Shortcuts: never while somebody types, and only if wanted."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.story.console import Console


@pytest.fixture
def jobs(page: Page) -> Page:
    Console(page, rows=[3, 2, 1]).open()
    page.locator("main").click(position={"x": 2, "y": 2})
    return page


def test_the_sheet_opens_by_key_and_by_mouse(jobs: Page) -> None:
    sheet = jobs.get_by_role("dialog", name="Keyboard shortcuts")
    jobs.keyboard.press("?")
    expect(sheet).to_be_visible()
    jobs.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    jobs.locator("footer").get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize(
    ("key", "address"),
    [("q", "queues"), ("w", "workers"), ("f", "failures"), ("c", "charts"), ("s", "schedules"), ("a", "audit")],
)
def test_g_and_a_letter_lead_to_a_page(jobs: Page, key: str, address: str) -> None:
    jobs.keyboard.press("g")
    jobs.keyboard.press(key)
    jobs.wait_for_url(re.compile(f"/admin/{address}$"))


def test_they_move_over_rows_tick_and_open_them(jobs: Page) -> None:
    jobs.keyboard.press("j")
    jobs.keyboard.press("j")
    expect(jobs.locator("#job-2")).to_be_focused()
    jobs.keyboard.press("x")
    expect(jobs.locator("#pick-2")).to_be_checked()
    jobs.keyboard.press("k")
    expect(jobs.locator("#job-3")).to_be_focused()
    jobs.route(
        re.compile("/jobs/3$"), lambda route: route.fulfill(body="<title>Three</title>", content_type="text/html")
    )
    jobs.keyboard.press("o")
    jobs.wait_for_url(re.compile("/jobs/3$"))


def test_they_leave_typing_alone(jobs: Page) -> None:
    jobs.keyboard.press("/")
    field = jobs.get_by_label("Words")
    expect(field).to_be_focused()
    jobs.keyboard.type("?gqx")
    expect(field).to_have_value("?gqx")
    expect(jobs.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    jobs.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_they_can_be_turned_off_for_good(jobs: Page) -> None:
    jobs.keyboard.press("?")
    jobs.get_by_label("Turn these keys off").check()
    jobs.keyboard.press("Escape")
    jobs.reload()
    jobs.keyboard.press("?")
    expect(jobs.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    jobs.locator("footer").get_by_role("button", name="Keyboard shortcuts").click()
    expect(jobs.get_by_label("Turn these keys off")).to_be_checked()
