"""An episode's page in a real browser: the player and the transcript that goes with it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack import Stack
from tests.story.axe import LOOKS, problems
from tests.story.episode_makers import SECONDS_PER_WORD, processed, tone

TWO_HOURS = 20_000
SPOKEN = "CSS.highlights.get('spoken') ? [...CSS.highlights.get('spoken')].map(String).join() : ''"
AT = "document.getElementById('player').currentTime"


@pytest.fixture(scope="module")
def address(shared_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    video = tone(tmp_path_factory.mktemp("video") / "talk.mp4", 20)
    return processed(shared_stack, video, words=50)


@pytest.fixture
def opened(page: Page, address: str) -> Page:
    page.goto(address)
    _until(page, "document.getElementById('player').readyState >= 1")
    return page


def _until(page: Page, condition: str) -> None:
    """Wait until a page says so; not by Playwright's own way, which evaluates strings in the page, against its CSP."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came to be that {condition}")


def _click_word(page: Page, word: str) -> None:
    """Clicks the middle of a word, which has no element of its own."""
    box = page.evaluate(
        """(word) => {
          const walker = document.createTreeWalker(document.querySelector('[data-transcript]'), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const place = ` ${node.data} `.indexOf(` ${word} `);
            if (place < 0) continue;
            const range = document.createRange();
            range.setStart(node, place);
            range.setEnd(node, place + word.length);
            node.parentElement.scrollIntoView({ block: 'center', behavior: 'instant' });
            const { x, y, width, height } = range.getBoundingClientRect();
            return { x: x + width / 2, y: y + height / 2 };
          }
        }""",
        word,
    )
    page.mouse.click(box["x"], box["y"])


def test_a_click_on_a_word_plays_from_there_and_words_are_marked_as_they_are_spoken(opened: Page) -> None:
    _click_word(opened, "word20")
    _until(opened, f"{AT} > {20 * SECONDS_PER_WORD}")
    _until(opened, f"({SPOKEN}).startsWith('word2')")
    assert opened.evaluate(AT) < 40 * SECONDS_PER_WORD
    expect(opened.locator(".passage.is-spoken")).to_have_count(1)
    expect(opened.locator("a.chapter[aria-current]")).to_contain_text("At the sea")


def test_chapters_and_instants_are_for_the_keyboard_too(opened: Page) -> None:
    opened.locator("a.chapter").nth(1).focus()
    opened.keyboard.press("Enter")
    _until(opened, f"{AT} >= 5 && {AT} < 9")
    expect(opened).to_have_url(re.compile("/a-talk$"))


def test_a_clips_passage_ends_where_the_clip_does(opened: Page) -> None:
    opened.locator(".clip .at").first.click()
    _until(opened, f"{AT} >= 2")
    opened.evaluate("document.getElementById('player').playbackRate = 4")
    _until(opened, f"document.getElementById('player').paused && {AT} >= 7")
    assert opened.evaluate(AT) < 9


def test_it_finds_words_and_goes_from_one_to_the_next(opened: Page) -> None:
    search = opened.get_by_role("searchbox", name="Search the transcript")
    search.fill("WORD1")
    count = opened.locator("[data-found]")
    expect(count).to_have_text("1 of 11")
    search.press("Enter")
    expect(count).to_have_text("2 of 11")
    search.press("Shift+Enter")
    search.press("Shift+Enter")
    expect(count).to_have_text("11 of 11")
    assert opened.evaluate("[...CSS.highlights.get('found-here')].map(String)") == ["word1"]
    search.fill("nowhere")
    expect(count).to_have_text("None found")
    expect(opened.get_by_role("button", name="Next match")).to_be_disabled()


def test_another_file_of_a_clip_is_shown_in_its_card(opened: Page) -> None:
    card = opened.locator(".clip").first
    link = card.locator("a.rendition:not([aria-current])").first
    wanted = link.get_attribute("href")
    link.click()
    expect(card.locator("video")).to_have_attribute("src", re.compile(f"{wanted}$"))
    expect(card.locator("a.rendition[aria-current]")).to_have_attribute("href", wanted or "")
    _until(opened, "document.querySelector('.clip video').currentTime > 0")


@pytest.fixture
def look(request: pytest.FixtureRequest, browser: Browser, shared_stack: Stack) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        base_url=shared_stack.url,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("look", LOOKS, indirect=True, ids=lambda look: f"{look[0]}-{look[1]}")
def test_nobody_is_left_out(look: Page, address: str) -> None:
    found: list[str] = []
    for each in ("/library/episodes", address):
        look.goto(each)
        found += problems(look)
    look.get_by_role("button", name="More", exact=True).click()
    assert found + problems(look) == []


def test_it_works_without_a_script(browser: Browser, shared_stack: Stack, address: str) -> None:
    context = browser.new_context(base_url=shared_stack.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("a.chapter").nth(1).click()
    assert (page.locator("#player").get_attribute("src") or "").endswith("/web.mp4#t=5.00")
    expect(page.locator(".transcript-tools")).to_be_hidden()
    context.close()


def test_two_hours_of_talk_stay_quick(page: Page, shared_stack: Stack, tmp_path: Path) -> None:
    """Each of these takes some milliseconds; the bounds are what a person would not notice on a slow machine."""
    video = tone(tmp_path / "long.mp4", 3)
    page.goto(processed(shared_stack, video, words=TWO_HOURS, episode_id="two-hours"))
    _until(page, "document.querySelector('[data-needs-script]').hidden === false")
    assert page.evaluate("document.querySelectorAll('.transcript *').length") < 3000
    spent = page.evaluate(
        """() => {
          const field = document.getElementById('find');
          const before = performance.now();
          field.value = 'word1';
          field.dispatchEvent(new Event('input', { bubbles: true }));
          document.body.getBoundingClientRect();
          return performance.now() - before;
        }"""
    )
    expect(page.locator("[data-found]")).to_have_text("1 of the first 1000")
    assert spent < 1000, f"a search took {spent:.0f} ms"
