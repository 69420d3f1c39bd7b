"""Videos in a real browser, with nothing reloaded: dropped in, sent again after a broken connection, ready, played; and
what operators see of renders and of the recovery."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.media.makers import recording
from tests.stack import Stack, running
from tests.story.axe import LOOKS, problems
from tests.waiting import wait_until

VIDEOS, RENDERS, RECOVERIES = "/library/videos", "/admin/renders", "/admin/videos"
PATIENCE_MS = 90_000
PLAYS = "document.getElementById('player').currentTime > 0.2"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("videos") / "data", WORKERS="1") as started:
        yield started


@pytest.fixture
def browsing(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A person's browser; no page may log an error or break the CSP."""
    context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def choose(page: Page, file: Path) -> None:
    page.goto(VIDEOS)
    page.evaluate("window.isTheSame = true")
    page.set_input_files("#files", str(file))
    page.click("[data-upload-button]")


def test_a_video_goes_from_the_drop_zone_to_the_player(browsing: BrowserContext, tmp_path: Path) -> None:
    page = browsing.new_page()
    choose(page, recording(tmp_path / "Harbour.mp4", seconds=2))
    row = page.locator("tr", has_text="Harbour.mp4")
    expect(row).to_contain_text("Ready", timeout=PATIENCE_MS)
    assert page.evaluate("window.isTheSame === true")
    page.get_by_role("link", name="Open the video").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour.mp4")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    page.evaluate("document.getElementById('player').muted = true; document.getElementById('player').play()")
    wait_until(lambda: page.evaluate(PLAYS), "it plays", within_seconds=30)


def test_its_page_follows_it_to_the_end(browsing: BrowserContext, stack: Stack, tmp_path: Path) -> None:
    clip = recording(tmp_path / "Cranes.mp4", seconds=2)
    with clip.open("rb") as file:
        told = stack.client.post("/api/videos", files={"file": (clip.name, file)}).raise_for_status().json()
    page = browsing.new_page()
    page.goto(f"{VIDEOS}/{told['id']}")
    page.evaluate("window.isTheSame = true")
    expect(page.locator("#player")).to_have_attribute("src", re.compile(r"web\.mp4$"), timeout=PATIENCE_MS)
    expect(page.locator(".lead-line").first).to_contain_text("Ready")
    assert page.evaluate("window.isTheSame === true")


def test_an_upload_goes_on_after_a_broken_connection(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    context = browser.new_context(base_url=stack.url)
    page, broken = context.new_page(), list[str]()

    def break_once(route: Route) -> None:
        if route.request.method == "PATCH" and not broken:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/uploads/*", break_once)
    choose(page, recording(tmp_path / "Ferry.mp4", seconds=1))
    expect(page.get_by_role("link", name="Open the video")).to_be_visible(timeout=PATIENCE_MS)
    assert broken
    context.close()


def test_a_paused_upload_is_on_the_page_of_its_video(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    page.route("**/api/uploads/*", lambda route: None)  # no piece is answered
    choose(page, recording(tmp_path / "Barge.mp4", seconds=1))
    page.get_by_role("button", name="Pause Barge.mp4").click()
    expect(page.locator(".uploads")).to_contain_text("Paused.")
    expect(page.locator("tr", has_text="Barge.mp4")).to_contain_text("Uploading")
    page.unroute("**/api/uploads/*")
    page.get_by_role("button", name="Go on Barge.mp4").click()
    expect(page.get_by_role("link", name="Open the video")).to_be_visible(timeout=PATIENCE_MS)
    context.close()


def test_an_operator_has_a_run_of_the_recovery_now(browsing: BrowserContext) -> None:
    page = browsing.new_page()
    page.goto(RECOVERIES)
    page.get_by_role("button", name="Run now").click()
    run = page.locator("tbody tr", has_text="local operator").first
    expect(run).to_be_visible(timeout=PATIENCE_MS)
    run.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A run of the recovery")
    page.goto(f"{RECOVERIES}/now")
    expect(page.get_by_text("No video waits longer than it should.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def test_axe_finds_nothing(browser: Browser, stack: Stack, look: tuple[Literal["light", "dark"], int]) -> None:
    scheme, width = look
    context = browser.new_context(
        base_url=stack.url, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, found = context.new_page(), list[str]()
    ids = [video["id"] for video in stack.get("/api/videos?limit=3")["videos"]]
    ours = (VIDEOS, f"{VIDEOS}?q=x", *(f"{VIDEOS}/{video_id}" for video_id in ids))
    for address in (*ours, RENDERS, f"{RENDERS}/all", RECOVERIES, f"{RECOVERIES}/now"):
        page.goto(address)
        found += problems(page)
    context.close()
    assert found == []
