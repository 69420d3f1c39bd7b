"""A real browser on every page, with naughty strings in all that people, files and other programs can name."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

import clock
from extensions import transaction
from models import Job
from tests.faults.kit import inside
from tests.naughty.conftest import fill
from tests.naughty.rows import job_id
from tests.naughty.strings import NAUGHTY
from tests.naughty.visiting import pages_of, ran_on, visitor
from tests.stack import Stack, running

SHOWN = range(1, 3)  # rows that have pages of their own; lists show all
LIVE = job_id(1)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("naughty") / "data", SAMPLE_LIBRARY="false", WORKERS="1") as started:
        yield started


@pytest.fixture(scope="module")
def filled(stack: Stack) -> Iterator[tuple[Flask, str]]:
    """The app beside the stack, and the key of an administrator."""
    with inside(stack) as app:
        key = fill()
        yield app, key


@pytest.fixture
def page(browser: Browser, stack: Stack, filled: tuple[Flask, str]) -> Iterator[Page]:
    complaints: list[str] = []
    with visitor(browser, stack.url, filled[1], complaints) as opened:
        yield opened
    assert complaints == []


@pytest.mark.timeout(400)  # some forty pages, on a machine that may have other tests to run
def test_no_page_runs_what_it_shows(page: Page, filled: tuple[Flask, str]) -> None:
    pages = pages_of(filled[0], SHOWN)
    assert [address for address in pages if ran_on(page, address)] == []
    assert len(pages) > 30


def test_what_polls_bring_is_shown_as_text(page: Page) -> None:
    _become(status="started", message=NAUGHTY["tag"], ended_at=None, lease_until=clock.now() + 3600)
    page.goto(f"/jobs/{LIVE}")
    expect(page.locator("main").get_by_text("N4ughty<script>").first).to_be_visible()
    page.goto("/")
    _become(status="failed", error=NAUGHTY["svg"], ended_at=clock.now(), lease_until=None)
    page.goto(f"/jobs/{LIVE}")
    expect(page.locator("main").get_by_text("N4ughty<svg/onload").first).to_be_visible()
    assert page.evaluate("window.__xss") is None


def test_what_is_typed_is_told_as_text(page: Page) -> None:
    page.goto("/songs/new")
    page.fill("#title", NAUGHTY["tag"])
    page.fill("#lyrics", NAUGHTY["end of a title, a field, a comment"])
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("is in the library").first).to_contain_text("<script>")
    expect(page).to_have_title(f"{NAUGHTY['tag']} · Backbeat")
    assert page.evaluate("window.__xss") is None


def _become(**values: object) -> None:
    """Let the live job be so; a new version, so that pollers see it."""
    with transaction() as session:
        session.execute(update(Job).where(Job.id == LIVE).values(version=Job.version + 1, **values))
