"""Footage in a real browser, with nothing reloaded: dropped in, asked for, described, complete, found and played."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.media.makers import recording
from tests.stack import Stack, running
from tests.story.axe import LOOKS, problems

BOARD = "/library/footage"
AT = "document.getElementById('player').currentTime"
PATIENCE_MS = 90_000
FAST_POLLER = {"POLL_INTERVAL": "0.5", "POLL_DURATION": "600", "WORKERS": "2"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("footage") / "data", **FAST_POLLER) as started:
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


def remember(page: Page) -> None:
    """What a reload would make the page forget."""
    page.evaluate("window.isTheSame = true")


def is_remembered(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSame === true"))


def test_a_clip_goes_from_the_drop_zone_to_the_search(browsing: BrowserContext, tmp_path: Path) -> None:
    page = browsing.new_page()
    page.goto(BOARD)
    remember(page)
    upload(page, recording(tmp_path / "IMG_0042.mp4", seconds=4))
    expect(page.locator(".board #card-AF0001")).to_be_visible()
    page.get_by_role("button", name="Start autolog").click()
    expect(page.locator(".for-people #card-AF0001")).to_be_visible(timeout=PATIENCE_MS)
    assert is_remembered(page)
    page.locator("#card-AF0001 a").click()
    remember(page)
    describe(page)
    expect(page.locator(".way .is-done")).to_have_count(8, timeout=PATIENCE_MS)
    expect(page.locator(".made")).to_be_visible()
    plays_from_its_last_frame(page)
    assert is_remembered(page)
    is_found(page)


def upload(page: Page, file: Path) -> None:
    page.set_input_files("#files", str(file))
    page.click("[data-upload-button]")
    expect(page.get_by_role("link", name="Open the footage")).to_be_visible(timeout=PATIENCE_MS)


def describe(page: Page) -> None:
    page.get_by_label("Title").fill("Zeppelin over the harbour of Hamburg at dawn")
    page.get_by_label("Description").fill("A zeppelin crosses the harbour while the sun rises behind the cranes.")
    page.get_by_label("Keywords").fill("zeppelin, harbour, dawn, Hamburg")
    page.get_by_role("button", name="Save, and go on").click()
    expect(page.locator(".flashes")).to_have_text(re.compile("Saved."))


def plays_from_its_last_frame(page: Page) -> None:
    frame = page.locator(".frame").last
    frame.locator("a.frame-link").click()
    expect(frame).to_have_attribute("aria-current", "true")
    assert page.evaluate(AT) >= float(frame.get_attribute("data-start") or 0)


def is_found(page: Page) -> None:
    page.goto(f"{BOARD}/search")
    page.get_by_role("searchbox").fill("zeppelin at sunrise")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#hit-AF0001 mark").first).to_have_text(re.compile("zeppelin", re.IGNORECASE))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def test_axe_finds_nothing(browser: Browser, stack: Stack, look: tuple[Literal["light", "dark"], int]) -> None:
    scheme, width = look
    context = browser.new_context(
        base_url=stack.url, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, found = context.new_page(), list[str]()
    for address in (BOARD, f"{BOARD}/all", f"{BOARD}/AF0001", f"{BOARD}/search?q=zeppelin", f"{BOARD}/search?q=x"):
        page.goto(address)
        found += problems(page)
    context.close()
    assert found == []


def test_what_is_typed_outlasts_what_comes_meanwhile(browsing: BrowserContext, stack: Stack, tmp_path: Path) -> None:
    board = browsing.new_page()
    board.goto(BOARD)
    board.get_by_text("Add footage").click()
    upload(board, recording(tmp_path / "MOV_0001.mp4", seconds=2))
    record = stack.get("/api/footage?limit=1")["footage"][0]["id"]
    page = browsing.new_page()
    page.goto(f"{BOARD}/{record}")
    page.get_by_label("Description").fill("Half a sentence, and then")
    expect(page.get_by_text("It waits for you.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_label("Description")).to_have_value("Half a sentence, and then")


def test_what_is_saved_with_enter_stays_saved(browsing: BrowserContext, stack: Stack, tmp_path: Path) -> None:
    clip = {"path": str(recording(tmp_path / "MOV_0002.mp4", seconds=2)), "title": "MOV_0002"}
    record = stack.client.post("/api/footage", json=clip).raise_for_status().json()["id"]
    page = browsing.new_page()
    page.goto(f"{BOARD}/{record}")
    remember(page)
    page.get_by_label("Title").fill("Boats on the Elbe")
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Boats on the Elbe")
    expect(page.get_by_label("Title")).to_have_value("Boats on the Elbe")
    page.get_by_label("Keywords").fill("boats")
    with page.expect_response(f"**{BOARD}/{record}/edit"):
        page.get_by_label("Keywords").press("Enter")
    expect(page.get_by_label("Keywords")).to_have_value("boats")
    assert is_remembered(page)
    kept = stack.get(f"/api/footage/{record}")
    assert (kept["title"], kept["keywords"]) == ("Boats on the Elbe", ["boats"])


def test_a_refused_form_stands_still(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url)
    page, asked = context.new_page(), list[str]()
    page.goto(BOARD)
    page.locator("[data-add]").evaluate("details => { details.open = true; }")
    page.get_by_label("Address or path").fill("/no/such.mp4")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("r")
    page.wait_for_load_state("networkidle")
    assert f"{stack.url}{BOARD}/add" not in asked
    expect(page.locator("[data-live-trouble]")).to_be_empty()
    context.close()
