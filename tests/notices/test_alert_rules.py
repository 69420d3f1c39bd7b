"""What alerts say, and when: by table, with the time given."""

from dataclasses import dataclass

import pytest

from services.notices.alerts import REMIND_SECONDS, Facts, judge, next_step

NOW = 1_700_000_000.0
CALM = Facts(NOW, {}, 2, {60.0: 0})


@dataclass
class Rule:
    kind: str
    queue: str | None = None
    threshold: float = 1
    window_minutes: float = 60.0
    seen_since: float | None = None
    told_at: float | None = None


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        (Rule("queue_waits", threshold=10), CALM, ""),
        (Rule("queue_waits", threshold=10), Facts(NOW, {"low": 600.0}, 2, {}), ""),
        (
            Rule("queue_waits", threshold=10),
            Facts(NOW, {"low": 1200.0, "default": 700.0}, 2, {}),
            "In “low” a job has waited for 20 min.",
        ),
        (
            Rule("queue_waits", queue="default", threshold=10),
            Facts(NOW, {"low": 1200.0, "default": 700.0}, 2, {}),
            "In “default” a job has waited for 12 min.",
        ),
        (Rule("failures", threshold=5), Facts(NOW, {}, 2, {60.0: 4}), ""),
        (Rule("failures", threshold=5), Facts(NOW, {}, 2, {60.0: 5}), "5 jobs have failed within 1 h."),
        (Rule("failures", threshold=1), Facts(NOW, {}, 2, {60.0: 1}), "1 job has failed within 1 h."),
        (Rule("workers_gone", threshold=1), CALM, ""),
        (Rule("workers_gone", threshold=1), Facts(NOW, {}, 0, {}), "No worker is running."),
        (Rule("workers_gone", threshold=3), CALM, "2 workers are running."),
        (
            Rule("workers_gone", threshold=1),
            Facts(NOW, {}, None, {}),
            "Redis cannot be reached, so nobody takes jobs up.",
        ),
        (Rule("stuck", threshold=1), CALM, ""),
        (Rule("stuck", threshold=4), Facts(NOW, {}, 2, {}, {"jobs": 3}), ""),
        (Rule("stuck", threshold=1), Facts(NOW, {}, 2, {}, {"jobs": 1, "videos": 0}), "1 thing is stuck (jobs 1)."),
        (
            Rule("stuck", threshold=4),
            Facts(NOW, {}, 2, {}, {"jobs": 3, "videos": 0, "renders": 1200}),
            "1,203 things are stuck (jobs 3, renders 1,200).",
        ),
    ],
)
def test_it_says_what_is_wrong(rule: Rule, facts: Facts, said: str) -> None:
    assert judge(rule, facts) == said


@pytest.mark.parametrize(
    ("rule", "is_on", "step"),
    [
        (Rule("failures"), False, "nothing"),
        (Rule("failures"), True, "tell"),
        (Rule("failures", told_at=NOW - 60), True, "nothing"),
        (Rule("failures", told_at=NOW - REMIND_SECONDS), True, "remind"),
        (Rule("failures", told_at=NOW - 60), False, "over"),
        (Rule("workers_gone"), True, "see"),
        (Rule("workers_gone", seen_since=NOW - 10), True, "nothing"),
        (Rule("workers_gone", seen_since=NOW - 30), True, "tell"),
        (Rule("workers_gone", seen_since=NOW - 10), False, "forget"),
    ],
)
def test_it_says_so_once_and_again_after_hours(rule: Rule, is_on: bool, step: str) -> None:
    assert next_step(rule, is_on=is_on, now=NOW) == step
