"""Acting on many jobs in a real browser, with real workers."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, text
from ulid import ULID

from models import Job
from tests.stack import Stack

FAILED, LOST = 300, 10


@pytest.fixture(scope="module")
def failed_jobs(shared_stack: Stack) -> None:
    """Jobs on songs that there are not: tried again, they fail again."""
    an_hour_ago = time.time() - 3600
    times = dict.fromkeys(("due_at", "created_at", "updated_at", "ended_at"), an_hour_ago)
    same = times | {"type": "analyze_song", "target_type": "song", "queue": "high", "status": "failed", "params": {}}
    titles = [f"Gone {n}" for n in range(FAILED)] + [f"Lost {n}" for n in range(LOST)]
    rows = [
        same | {"id": str(ULID.from_timestamp(an_hour_ago)), "target_id": str(90_000 + n), "title": title}
        for n, title in enumerate(titles)
    ]
    with shared_stack.engine.begin() as connection:
        connection.execute(insert(Job), rows)


@pytest.mark.usefixtures("failed_jobs")
def test_it_counts_asks_and_acts_once_though_the_button_is_pressed_twice(page: Page, shared_stack: Stack) -> None:
    page.goto("/admin/jobs?status=failed&q=Gone")
    for n in range(2):
        page.locator("input[name=job_id]").nth(n).check()
    expect(page.locator("[data-selected-count]")).to_have_text("2")
    page.get_by_label("All that match").check()
    page.get_by_role("button", name="Retry…").click()
    expect(page.get_by_role("heading", name=f"Retry {FAILED} jobs?")).to_be_visible()
    page.get_by_role("button", name=f"Retry {FAILED} jobs").dblclick()
    expect(page).to_have_url(re.compile("bulk="))  # the second click breaks the first navigation off
    expect(page.locator(".bulk-news")).to_contain_text(f"{FAILED} retried.", timeout=30_000)
    with shared_stack.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM job WHERE type = 'bulk_action'")) == 1
        assert connection.scalar(text("SELECT count(*) FROM job WHERE title LIKE 'Gone%' AND attempt = 1")) == 0


@pytest.mark.usefixtures("failed_jobs")
def test_it_can_be_undone_before_it_begins(page: Page, shared_stack: Stack) -> None:
    page.goto("/admin/jobs?type=analyze_song&q=Lost")
    page.get_by_label(re.compile("Select all")).check()
    page.get_by_role("button", name="Delete…").click()
    page.locator(".confirm-buttons button").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The job is being canceled.")).to_be_visible()
    with shared_stack.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM job WHERE title LIKE 'Lost%'")) == LOST
    page.goto("/admin/audit?action=delete")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Stopped")
