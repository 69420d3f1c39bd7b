"""A Backbeat in real processes, with an LRCLIB that takes its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import backend
from tests.servers.lrclib import LrclibServer
from tests.stack import Stack, running

# Other tests run beside these: what is seen at last counts, not how busy the machine is.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def lrclib() -> Iterator[LrclibServer]:
    with LrclibServer() as server:
        yield server


@pytest.fixture
def stack(request: pytest.FixtureRequest, tmp_path: Path, lrclib: LrclibServer) -> Iterator[Stack]:
    """A Backbeat of the test's own, to be broken."""
    settings = {"LRCLIB_URL": lrclib.url, "LRCLIB_REQUESTS_PER_SECOND": "100"} | backend.pinned(request)
    with running(tmp_path / "data", **settings) as started:
        yield started


@pytest.fixture(scope="module")
def shared_stack(tmp_path_factory: pytest.TempPathFactory, lrclib: LrclibServer) -> Iterator[Stack]:
    """A Backbeat for all tests of a file, with its sample library."""
    folder = tmp_path_factory.mktemp("story") / "data"
    with running(folder, WORKERS="1", LRCLIB_URL=lrclib.url, LRCLIB_REQUESTS_PER_SECOND="100") as started:
        yield started


@pytest.fixture
def tabs(browser: Browser, shared_stack: Stack) -> Iterator[BrowserContext]:
    """A person's browser: pages of it share what a browser shares. No page may log an error or break the CSP."""
    context = browser.new_context(base_url=shared_stack.url, viewport={"width": 1280, "height": 800})
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(tabs: BrowserContext) -> Page:
    return tabs.new_page()


@pytest.fixture
def browser_page(browser: Browser, shared_stack: Stack) -> Iterator[Page]:
    """A page that may complain: of a server that is away."""
    context = browser.new_context(base_url=shared_stack.url, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
