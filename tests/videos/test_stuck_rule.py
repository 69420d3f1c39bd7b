"""When a video is stuck, as a table."""

from dataclasses import replace

import pytest

from config import Settings
from services.videos.stuck import IN_WORDS, Facts, Rule, why_not_stuck

NOW = 100_000.0
RULE = Rule(stuck_after_seconds=600.0, recent_run_seconds=300.0, still_after_seconds=600.0)
STUCK = Facts(status="pending", created_at=NOW - 3600)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        ({"status": "uploading"}, None),
        ({"status": "processing"}, "not_waiting"),
        ({"status": "ready"}, "not_waiting"),
        ({"status": "failed"}, "not_waiting"),
        ({"created_at": NOW - 600}, "too_young"),
        ({"created_at": NOW - 600.1}, None),
        ({"has_live_run": True}, "active_run"),
        ({"upload_moved_at": NOW - 599}, "upload_in_progress"),
        ({"upload_moved_at": NOW - 600}, None),
        ({"upload_moved_at": NOW + 5}, "upload_in_progress"),  # by another machine's clock
        ({"run_ended_at": NOW - 299}, "recent_run"),
        ({"run_ended_at": NOW - 300}, None),
        ({"recover_at": NOW + 1}, "backing_off"),
        ({"recover_at": NOW}, None),
        # The first that holds is told.
        ({"has_live_run": True, "run_ended_at": NOW}, "active_run"),
        ({"run_ended_at": NOW, "recover_at": NOW + 1}, "recent_run"),
        ({"status": "ready", "has_live_run": True}, "not_waiting"),
    ],
)
def test_it_says_why_one_is_not(more: dict[str, object], expected: str | None) -> None:
    assert why_not_stuck(replace(STUCK, **more), NOW, RULE) == expected  # type: ignore[arg-type] # of many types
    assert expected is None or expected in IN_WORDS


def test_it_goes_by_the_settings() -> None:
    settings = Settings(stuck_after_minutes=20, recent_run_minutes=2)
    assert Rule.of(settings) == Rule(1200.0, 120.0, 1200.0)


def test_another_age_changes_not_how_long_an_upload_may_pause() -> None:
    assert Rule.of(Settings(), age_minutes=0) == Rule(0.0, 300.0, 600.0)
