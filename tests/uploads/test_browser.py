"""Uploads in a real browser: a bar, an episode at the end, and no byte sent twice after a connection was lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.media.makers import recording
from tests.stack import Stack, running

MEBIBYTE = 1024 * 1024
PIECE_BYTES = 32 * MEBIBYTE
LISTED = ".uploads li"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("uploads") / "data", WORKERS="1") as started:
        yield started


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(base_url=stack.url)
    made = context.new_page()
    made.goto("/library/episodes")
    yield made
    context.close()


def choose(page: Page, file: Path) -> None:
    page.set_input_files("#files", str(file))
    page.click("[data-upload-button]")


def test_a_video_becomes_an_episode(page: Page, stack: Stack, tmp_path: Path) -> None:
    choose(page, recording(tmp_path / "A talk about rivers.mp4", seconds=2))
    page.get_by_role("link", name="Open the episode").click(timeout=30_000)
    expect(page).to_have_url(f"{stack.url}/library/episodes/a-talk-about-rivers")
    expect(page.locator("#player")).to_be_visible(timeout=30_000)


def test_an_upload_goes_on_where_it_was_after_the_page_was_closed(page: Page, tmp_path: Path) -> None:
    large, offsets = tmp_path / "large.mp4", list[str]()
    with large.open("wb") as file:
        file.truncate(PIECE_BYTES + MEBIBYTE)

    def cut(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        offsets.append(offset)
        if offset == "0":
            route.continue_()
        else:
            route.abort()

    page.route("**/api/uploads/*", lambda route: cut(route) if route.request.method == "PATCH" else route.continue_())
    choose(page, large)
    expect(page.locator(f"{LISTED} .progress-bar")).to_have_attribute("aria-valuenow", "96", timeout=60_000)
    page.reload()
    page.unroute_all()
    page.on("request", lambda request: offsets.append(request.headers.get("upload-offset", "")))
    offsets.clear()
    choose(page, large)
    expect(page.get_by_role("link", name="Open the episode")).to_be_visible(timeout=60_000)
    assert [offset for offset in offsets if offset] == [str(PIECE_BYTES)]


def test_one_can_be_given_up(page: Page, stack: Stack, tmp_path: Path) -> None:
    large = tmp_path / "other.mp4"
    with large.open("wb") as file:
        file.truncate(PIECE_BYTES + MEBIBYTE)
    page.route(
        "**/api/uploads/*",
        lambda route: route.abort() if route.request.headers.get("upload-offset", "0") != "0" else route.continue_(),
    )
    choose(page, large)
    bar = page.locator(f"{LISTED} .progress-bar")
    expect(bar).to_have_attribute("aria-valuenow", "96", timeout=60_000)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
        page.get_by_role("button", name="Cancel other.mp4").click()
    assert ended.value.status == 204
    expect(page.locator(LISTED)).to_have_count(0)
