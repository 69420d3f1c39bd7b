"""The page of all that is stuck in a real browser: set free by a button, live, and readable in every look."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

import clock
from services.footage import states
from services.library import users
from services.renders import states as render_states
from services.schedules.rows import ensure_rows
from tests.recovery.makers import failed_footage, footage_at, given_up_message, lost_job, many_failed_footage
from tests.renders.rows import a_render_of
from tests.story.axe import LOOKS, problems
from tests.videos.rows import a_video

LONG = "A very long name of something that nobody could ever read to its end " * 4


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the app is served by threads of this process."""
    with _served(app) as url:
        yield url


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in these colours and this width; none may log an error or break the CSP."""
    wanted: Any = getattr(request, "param", ("light", 1280))
    scheme, width = wanted
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context.new_page()
    context.close()
    assert complaints == []


def _something_of_each() -> None:
    ensure_rows()
    owner_id = users.default_owner().id
    old: dict[str, Any] = {"asked_at": clock.now() - 7200}
    lost_job("Left lying")
    lost_job(LONG)
    a_render_of(owner_id, check_at=clock.now() + 60, checks=3, **old)
    a_render_of(owner_id, status=render_states.EXPIRED, active_key=None, check_at=clock.now() + 60, **old)
    a_video()
    failed_footage("AF0001")
    footage_at(states.AWAITING_USER_INPUT, "AF0002", awaits="A title is missing.")
    footage_at(states.PENDING_FILE_INFO, "AF0003")
    given_up_message()
    many_failed_footage(30)


@pytest.mark.parametrize("look", LOOKS, indirect=True, ids=lambda look: f"{look[0]}-{look[1]}")
def test_axe_finds_nothing_whatever_is_stuck(address: str, look: Page) -> None:
    look.goto(f"{address}/admin/recovery")
    expect(look.get_by_role("heading", name="Nothing is stuck")).to_be_visible()
    assert problems(look) == []
    _something_of_each()
    look.reload()
    expect(look.get_by_role("heading", level=2)).to_have_count(5)
    assert problems(look) == []


def test_a_button_sets_it_free(address: str, look: Page) -> None:
    lost_job("Left lying")
    look.goto(f"{address}/admin/recovery")
    look.get_by_role("button", name="Rescue now: Left lying").click()
    expect(look.locator(".flashes")).to_contain_text("set going again")
    expect(look.get_by_role("heading", name="Nothing is stuck")).to_be_visible()


def test_all_of_a_kind_are_asked_about_first(address: str, look: Page) -> None:
    many_failed_footage(3)
    look.goto(f"{address}/admin/recovery")
    look.get_by_role("button", name="All of them now").click()
    expect(look.get_by_role("dialog")).to_contain_text("all 3")
    look.get_by_role("button", name="Do it").click()
    expect(look.locator(".flashes")).to_contain_text("3 set going")


def test_what_gets_stuck_shows_without_a_reload(address: str, look: Page) -> None:
    look.goto(f"{address}/admin/recovery")
    lost_job("Left lying")
    look.keyboard.press("r")
    expect(look.get_by_text("Left lying")).to_be_visible()
