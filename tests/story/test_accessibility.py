"""axe-core finds nothing on any page: with work on it and empty, light on a desk and dark on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack, running
from tests.story.axe import LOOKS, problems
from tests.story.makers import slow_playlist, slow_songs

PAGES = ("/", "/?q=nothing-like-it", "/songs/new", "/playlists", "/import", "/nowhere", "/docs", "/sign-in")
CONSOLE_PAGES = (
    "/admin/queues",
    "/admin/recovery",
    "/admin/workers",
    "/admin/jobs",
    "/admin/jobs?q=nothing-like-it",
    "/admin/failures",
    "/admin/charts",
    "/admin/schedules",
    "/admin/audit",
    "/admin/people",
    "/admin/keys",
)


@pytest.fixture(scope="module")
def busy(shared_stack: Stack, lrclib: LrclibServer) -> dict[str, Any]:
    """What is on a Backbeat at work: songs with findings, a playlist that runs, jobs that ended well and badly."""
    lrclib.thinks_for_seconds = 0.0
    done = slow_songs(shared_stack, lrclib, "Done with a very long name that has to be cut somewhere, or wrapped", 1)[0]
    finished = shared_stack.post(f"/api/songs/{done}/analyze")["job_id"]
    shared_stack.ended(finished)
    gone = slow_songs(shared_stack, lrclib, "Gone", 1)[0]
    lrclib.thinks_for_seconds = 2.0
    playlist = slow_playlist(shared_stack, lrclib, "At work", 200)
    failed = shared_stack.post(f"/api/songs/{gone}/analyze")["job_id"]
    shared_stack.client.delete(f"/api/songs/{gone}")
    shared_stack.ended(failed)
    shared_stack.client.post("/api/queue/low/pause", json={"reason": "Moving house"})
    shared_stack.post("/api/users/1/analyze")
    running_job = shared_stack.post(f"/api/playlists/{playlist}/analyze")["job_id"]
    return {"song": done, "playlist": playlist, "finished": finished, "failed": failed, "running": running_job}


@pytest.fixture(scope="module")
def empty_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("empty") / "data") as started:
        for song in started.get("/api/songs?limit=100")["songs"]:
            started.client.delete(f"/api/songs/{song['id']}").raise_for_status()
        yield started


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in these colours and this width."""
    scheme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _problems_of(page: Page, stack: Stack, addresses: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for address in addresses:
        page.goto(stack.url + address)
        found += problems(page)
    return found


def test_pages_at_work(look: Page, shared_stack: Stack, busy: dict[str, Any]) -> None:
    song, playlist = f"/songs/{busy['song']}", f"/playlists/{busy['playlist']}"
    assert _problems_of(look, shared_stack, (*PAGES, song, f"{song}/edit", playlist)) == []


def test_the_console_at_work(look: Page, shared_stack: Stack, busy: dict[str, Any]) -> None:
    assert busy["running"]
    assert _problems_of(look, shared_stack, CONSOLE_PAGES) == []


def test_pages_of_jobs(look: Page, shared_stack: Stack, busy: dict[str, Any]) -> None:
    jobs = tuple(
        f"{path}/{busy[name]}" for path in ("/jobs", "/admin/jobs") for name in ("running", "failed", "finished")
    )
    assert _problems_of(look, shared_stack, jobs) == []


def test_empty_pages(look: Page, empty_stack: Stack) -> None:
    assert _problems_of(look, empty_stack, PAGES) == []


def test_the_empty_console(look: Page, empty_stack: Stack) -> None:
    assert _problems_of(look, empty_stack, CONSOLE_PAGES) == []


def test_what_opens_on_a_page(look: Page, shared_stack: Stack, busy: dict[str, Any]) -> None:
    look.goto(f"{shared_stack.url}/admin/jobs")
    look.get_by_role("banner").get_by_role("button", name="My jobs").click()
    look.get_by_role("dialog", name="My jobs").get_by_role("progressbar").first.wait_for(state="attached")
    found = problems(look)
    look.keyboard.press("Escape")
    look.keyboard.press("?")
    look.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    assert found + problems(look) == []
    assert busy["running"]
