"""An episode's page that is open before its file is there shows the player by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

import clock
from models import Episode
from tests.stack import Stack
from tests.story.episode_makers import processed, tone
from tests.waiting import wait_until

LOADED = "document.getElementById('player').readyState >= 1"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone(tmp_path_factory.mktemp("video") / "talk.mp4", 2)


@pytest.fixture
def held(shared_stack: Stack) -> Iterator[Stack]:
    """A Backbeat that takes up no job until it is told to."""
    shared_stack.post("/api/queue/pause")
    yield shared_stack
    shared_stack.post("/api/queue/resume")


def _send(stack: Stack, video: Path) -> dict[str, str]:
    files = {"file": (video.name, video.read_bytes())}
    answer = stack.client.post("/api/episodes", files=files).raise_for_status().json()
    return {"page": f"/library/episodes/{answer['episode']['id']}", "job_id": answer["job_id"]}


def _arrival(stack: Stack, episode_id: str, arrival: str) -> None:
    with Session(stack.engine) as session, session.begin():
        session.execute(update(Episode).where(Episode.id == episode_id).values(arrival=arrival))


def test_though_the_job_was_over_before_the_page_could_hear_of_it(held: Stack, page: Page, video: Path) -> None:
    sent, scripts = _send(held, video), list[Route]()
    page.route(re.compile(r"/js/episodes\.js"), lambda route: scripts.append(route))
    page.clock.install()
    page.goto(sent["page"], wait_until="commit")
    expect(page.locator(".episode-jobs .progress")).to_be_visible()
    held.post("/api/queue/resume")
    expect(page.locator(".episode-jobs")).to_contain_text("Done")
    page.clock.pause_at(clock.now() * 1000 + 60_000)
    (script,) = scripts
    script.continue_()
    page.wait_for_load_state()
    page.clock.run_for(1000)  # less than until it would look again by itself
    expect(page.locator("#player")).to_be_visible()


def test_though_no_job_is_seen_at_all(shared_stack: Stack, page: Page, video: Path) -> None:
    address = processed(shared_stack, video, words=5, episode_id="unseen", title="Unseen")
    _arrival(shared_stack, "unseen", "arriving")
    page.goto(address)
    expect(page.locator("#main")).to_contain_text("Its file is on its way")
    _arrival(shared_stack, "unseen", "ready")
    expect(page.locator("#player")).to_be_visible()
    wait_until(lambda: page.evaluate(LOADED), "the video is loaded")


def test_but_not_while_somebody_types(held: Stack, page: Page, video: Path) -> None:
    sent = _send(held, video)
    page.goto(sent["page"])
    page.get_by_role("button", name="More").click()
    title = page.get_by_label("Title")
    title.fill("What I would rather call it")
    with page.expect_response(lambda answer: answer.request.headers.get("x-refresh") == "1"):
        held.post("/api/queue/resume")
        held.ended(sent["job_id"])
    expect(title).to_have_value("What I would rather call it")
    title.press("Escape")
    expect(page.locator("#player")).to_be_visible()
