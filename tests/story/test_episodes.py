"""An episode from a file on somebody's disk to clips that play, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.made_media import spoken_video
from tests.stack import running
from tests.story.axe import problems
from tests.story.bars import SECONDS, watch, went_all_the_way

LONG = 300 * SECONDS  # listening and rendering take their time on a busy machine
TALK = (
    "Good morning, and welcome to a talk about rivers. A river begins as a small stream in the hills. "
    "Why does the water taste of salt when it meets the sea? Because the rain takes salt from the stones. "
    "Every year the river carries more of it down to the ocean. That is the whole secret, and now you know it. "
    "Thank you very much for listening to me today."
)


@pytest.fixture
def patient_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a Backbeat that does not take a worker for dead when listening leaves it little time to say so."""
    with running(tmp_path / "data", LEASE_SECONDS="60") as stack:
        context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 800})
        watch(context)
        yield context.new_page()
        context.close()


@pytest.mark.timeout(900)
def test_a_talk_becomes_clips(patient_page: Page, tmp_path: Path) -> None:
    page = patient_page
    video = spoken_video(tmp_path / "rivers.mp4", TALK)
    page.goto("/library/episodes")
    page.locator("#files").set_input_files(video)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#episode-rivers")).to_contain_text("Discovered", timeout=LONG)

    page.get_by_role("link", name="rivers", exact=True).click()
    page.get_by_role("button", name="Process", exact=True).click()
    bar = page.locator(".episode-jobs [role=progressbar]").first
    expect(bar).to_be_visible()
    expect(bar).not_to_have_attribute("aria-valuenow", "0", timeout=LONG)
    expect(page.locator("[data-transcript] p").first).to_contain_text(re.compile("[a-z]{3}"), timeout=LONG)
    expect(page.locator(".stage-steps [aria-current]")).to_contain_text("Rendered", timeout=LONG)
    went_all_the_way(page, 0)
    expect(page.locator("#player")).to_have_attribute("src", re.compile("web.mp4"))

    for box in ("Clean", "16:9 wide", "1:1 square"):
        page.get_by_label(box).uncheck()
    page.get_by_role("button", name="Render clips").click()
    preview = page.locator(".clip video").first
    expect(preview).to_have_attribute("src", re.compile("/media/clips/"), timeout=LONG)
    went_all_the_way(page, 1)
    page.locator(".clip a.rendition", has_text="Subtitled, 9:16").first.click()
    playing = "document.querySelector('.clip video').currentTime > 0.2"
    for _ in range(600):
        if page.evaluate(playing):
            break
        page.wait_for_timeout(50)
    assert page.evaluate(playing)
    assert problems(page) == []
