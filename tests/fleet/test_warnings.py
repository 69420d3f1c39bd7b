"""What an operator is warned of, and of nothing else."""

from dataclasses import replace

import pytest

import clock
from services.fleet.glance import Glance
from services.fleet.lines import Pause
from services.fleet.warnings import BAD, CAUTION, warn
from services.renders.figures import Alert
from store.redis_state import RedisState
from tests.fleet.makers import NOW, VERSION, WELL, line, with_line, worker

PAUSE = Pause("Backup", "ann", 10.0, 20.0)

CASES: dict[str, tuple[Glance, list[tuple[str, str]]]] = {
    "all is well": (WELL, []),
    "redis is away": (replace(WELL, records=None), [("redis", BAD)]),
    "no worker": (replace(WELL, records=[]), [("no-workers", BAD)]),
    "all workers lost": (
        replace(WELL, records=[worker(silent_seconds=60)]),
        [("no-workers", BAD), ("lost-w1", CAUTION)],
    ),
    "one worker lost": (replace(WELL, records=[worker("w2"), worker(silent_seconds=60)]), [("lost-w1", CAUTION)]),
    "one worker lost long ago": (replace(WELL, records=[worker("w2"), worker(silent_seconds=3600)]), []),
    "a queue that nobody serves": (
        replace(WELL, records=[replace(worker(), queues=("system", "high", "default"))]),
        [("unserved-low", CAUTION)],
    ),
    "a queue that nobody serves with jobs in it": (
        replace(with_line(line("low", 1.0)), records=[replace(worker(), queues=("system", "high", "default"))]),
        [("unserved-low", BAD)],
    ),
    "a wait up to the limit": (with_line(line("high", 60.0)), []),
    "a wait over the limit": (with_line(line("high", 61.0)), [("late-high", CAUTION)]),
    "paused, and nothing waits": (with_line(line("low", pause=PAUSE)), []),
    "paused, and a job waits": (with_line(line("low", 600.0, pause=PAUSE)), [("paused-low", CAUTION)]),
    "paused, and parts wait": (with_line(line("low", pause=PAUSE, has_waiting=True)), [("paused-low", CAUTION)]),
    "no janitor ever": (replace(WELL, janitor_age_seconds=None), [("janitor", BAD)]),
    "a silent janitor": (replace(WELL, janitor_age_seconds=61.0), [("janitor", BAD)]),
    "redis is full": (replace(WELL, redis=RedisState(1001, 1000, fails_to_save=False)), [("redis-writes", BAD)]),
    "redis cannot save": (replace(WELL, redis=RedisState(0, 0, fails_to_save=True)), [("redis-writes", BAD)]),
    "redis is well": (replace(WELL, redis=RedisState(1000, 0, fails_to_save=False)), []),
    "a clock ahead": (replace(WELL, clock_ahead_seconds=6.0), [("clock-this-host", CAUTION)]),
    "a clock behind": (replace(WELL, clock_ahead_seconds=-600.0), [("clock-this-host", CAUTION)]),
    "clocks that agree": (replace(WELL, clock_ahead_seconds=4.0), []),
    "a worker's clock ahead": (
        replace(WELL, records=[replace(worker(), clock_ahead_seconds=600.0)]),
        [("clock-here", CAUTION)],
    ),
    "a worker's clock that is the database's, unlike ours": (
        replace(WELL, clock_ahead_seconds=600.0, records=[replace(worker(), clock_ahead_seconds=-600.0)]),
        [("clock-this-host", CAUTION)],
    ),
    "stuck jobs": (replace(WELL, stuck=3), [("stuck", CAUTION)]),
    "renders whose outputs are late": (
        replace(WELL, render_alerts=[Alert("outputs_late", "They are not there.")]),
        [("renders-outputs-late", CAUTION)],
    ),
    "other code": (replace(WELL, records=[replace(worker(), version="2+bbbb")]), [("versions", CAUTION)]),
    "code that says no version": (replace(WELL, records=[replace(worker(), version="")]), []),
    "the worst comes first": (
        replace(WELL, stuck=1, records=None),
        [("redis", BAD), ("stuck", CAUTION)],
    ),
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize("case", CASES)
def test_it_warns(case: str) -> None:
    seen, expected = CASES[case]
    assert [(warning.code, warning.level) for warning in warn(seen, VERSION)] == expected


def test_it_says_who_paused_why_since_when_and_until_when() -> None:
    (warning,) = warn(with_line(line("low", 1.0, pause=PAUSE)), VERSION)
    assert warning.text == "“low” is paused by ann (Backup), and jobs wait in it"
    assert (warning.since, warning.until) == (10.0, 20.0)
