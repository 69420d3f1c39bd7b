"""The charts in a real browser: drawn, read by keyboard, in the colours of the theme, and brought up to date."""

from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stack import Stack
from tests.waiting import wait_until

NAMES = ("throughput", "failures", "wait", "run")


def analyze_a_song(stack: Stack) -> None:
    """Have a job done, from its click to its end."""
    song_id = stack.post("/api/songs", title=uuid4().hex, artist="Charted", lyrics="La la la")["id"]
    assert stack.ended(stack.post(f"/api/songs/{song_id}/analyze")["job_id"])["status"] == "finished"


@pytest.fixture
def charts(page: Page, shared_stack: Stack) -> Page:
    """The charts of the last hour, drawn, with something in them."""
    analyze_a_song(shared_stack)
    page.goto("/admin/charts?range=hour")
    for name in NAMES:
        expect(chart(page, name).locator("canvas")).to_be_visible()
    return page


def chart(page: Page, name: str) -> Locator:
    return page.locator(f"[data-chart={name}]")


def told(page: Page, name: str) -> str:
    return chart(page, name).get_attribute("aria-valuetext") or ""


def finished(page: Page) -> int:
    """How many the table of the throughput says have finished, in all."""
    cells = page.locator("#chart-throughput-details tbody td:nth-child(2)").all_inner_texts()
    return sum(int(cell) for cell in cells if cell != "–")


def test_it_is_read_point_by_point_by_keyboard_and_all_charts_follow(charts: Page) -> None:
    chart(charts, "throughput").focus()
    charts.keyboard.press("End")
    last = told(charts, "throughput")
    charts.keyboard.press("ArrowLeft")
    before = told(charts, "throughput")
    assert before != last
    assert "Finished" in before
    assert "Came in" in before
    assert {told(charts, name).partition(": ")[0] for name in NAMES} == {before.partition(": ")[0]}


def test_it_takes_the_colours_of_the_theme(charts: Page) -> None:
    def colour() -> str:
        marker = chart(charts, "throughput").locator(".u-marker").nth(1)
        return str(marker.evaluate("marker => getComputedStyle(marker).borderColor"))

    charts.click("[data-theme=light]")
    light = colour()
    charts.click("[data-theme=dark]")
    wait_until(lambda: colour() != light, "the legend is dark")


def test_it_comes_up_to_date_with_the_page_and_keeps_an_open_table(charts: Page, shared_stack: Stack) -> None:
    charts.locator("#chart-throughput-details summary").click()
    seen = finished(charts)
    analyze_a_song(shared_stack)
    wait_until(lambda: finished(charts) == seen + 1, "the table has the new job", within_seconds=20)
    expect(charts.locator("#chart-throughput-details")).to_have_attribute("open", "")


def test_it_fits_a_phone(charts: Page) -> None:
    charts.set_viewport_size({"width": 390, "height": 800})
    wait_until(
        lambda: charts.evaluate("document.documentElement.scrollWidth") <= 390, "the page is as narrow as the screen"
    )
    expect(chart(charts, "run").locator("canvas")).to_be_visible()
