"""What becomes of a render that was looked at: pure, so a table of ages, sights and ends."""

from dataclasses import replace

import pytest

from clients.renderer import DONE, FAILED, UNKNOWN, WAITING, Seen
from errors import TransientError
from services.renders.deciding import Decision, Rules, decide
from services.renders.due import Due
from services.renders.looking import Asked, Sight
from services.renders.outputs import Output

HOUR = 3600.0
RULES = Rules(interval_seconds=120.0, max_age_seconds=24 * HOUR, has_renderer=True)
DUE = Due(
    asked=Asked("a-render", "its token"),
    owner_id=1,
    status="processing",
    external_job_id="a-job",
    age_seconds=600.0,
    checks=3,
    check_errors=0,
    told_done_seconds=None,
    given_up_seconds=None,
)
OLD = replace(DUE, age_seconds=25 * HOUR)
EXPIRED = replace(OLD, status="expired", given_up_seconds=2 * HOUR)
THERE, MISSING = Output("https://example.org/o.mp4"), Output("https://example.org/o.mp4", "There is no file yet.")
SILENCE = TransientError("Nobody answered.")


@pytest.mark.parametrize(
    ("due", "sight", "status"),
    [
        (DUE, Sight(None, THERE), "completed"),
        (DUE, Sight(Seen(FAILED, error="no")), "failed"),
        (DUE, Sight(Seen(WAITING)), None),
        (DUE, Sight(Seen(UNKNOWN)), None),
        (DUE, Sight(Seen(DONE), MISSING), None),
        (replace(DUE, told_done_seconds=HOUR / 2), Sight(Seen(DONE), MISSING), None),
        (replace(DUE, told_done_seconds=HOUR), Sight(Seen(DONE), MISSING), "failed"),
        (replace(DUE, told_done_seconds=HOUR), Sight(Seen(DONE), None), None),  # whoever runs it can mend that
        (replace(DUE, told_done_seconds=HOUR), Sight(Seen(WAITING), MISSING), None),
        (OLD, Sight(Seen(WAITING)), "expired"),
        (OLD, Sight(None, MISSING), "expired"),
        (OLD, Sight(None, THERE), "completed"),
        (OLD, SILENCE, None),
        (replace(OLD, external_job_id=None), Sight(), None),  # it waits for the renderer to take it
        (EXPIRED, Sight(None, THERE), "completed"),
        (EXPIRED, Sight(Seen(FAILED, error="no")), None),
        (EXPIRED, Sight(Seen(WAITING), MISSING), None),
        (EXPIRED, SILENCE, None),
    ],
)
def test_it_ends_by_what_was_seen(due: Due, sight: Sight | TransientError, status: str | None) -> None:
    outcome = decide(due, sight, RULES).outcome
    assert (outcome.status if outcome else None) == status


def test_what_was_never_taken_is_given_up_where_there_is_no_renderer() -> None:
    outcome = decide(replace(OLD, external_job_id=None), Sight(), replace(RULES, has_renderer=False)).outcome
    assert outcome is not None
    assert outcome.status == "expired"


def test_what_is_missing_is_named() -> None:
    outcome = decide(replace(DUE, told_done_seconds=HOUR), Sight(Seen(DONE), MISSING), RULES).outcome
    assert outcome is not None
    assert outcome.error == (
        "The renderer says that it is done, but: There is no file yet. It was waited for 60 minutes."
    )


def test_what_was_not_taken_is_asked_for() -> None:
    assert decide(replace(DUE, external_job_id=None), Sight(), RULES).is_to_be_asked
    assert not decide(DUE, Sight(Seen(WAITING)), RULES).is_to_be_asked


def test_what_was_not_taken_is_asked_for_ever_more_seldom() -> None:
    tries = [decide(replace(DUE, external_job_id=None, check_errors=n), Sight(), RULES) for n in range(3)]
    assert [each.check_errors for each in tries] == [1, 2, 3]
    assert not any(each.is_unanswered for each in tries)
    pauses = [each.check_in_seconds or 0.0 for each in tries]
    assert pauses == sorted(set(pauses))


def test_silence_is_counted_until_somebody_answers() -> None:
    assert decide(replace(DUE, check_errors=2), SILENCE, RULES).check_errors == 3
    assert decide(replace(DUE, check_errors=2), Sight(Seen(WAITING)), RULES).check_errors == 0


def test_who_asks_to_be_left_alone_is() -> None:
    decision = decide(DUE, TransientError("Not now.", retry_after_seconds=700.0), RULES)
    assert decision.check_in_seconds == 700.0


def test_that_it_is_done_is_noted() -> None:
    assert decide(DUE, Sight(Seen(DONE), MISSING), RULES).is_told_done
    assert not decide(DUE, Sight(Seen(WAITING), MISSING), RULES).is_told_done


@pytest.mark.parametrize(("days", "again"), [(1, True), (6.9, True), (7.1, False)])
def test_what_was_given_up_is_looked_for_for_a_week(days: float, again: bool) -> None:
    decision: Decision = decide(replace(EXPIRED, given_up_seconds=days * 24 * HOUR), Sight(None, MISSING), RULES)
    assert (decision.check_in_seconds is not None) == again


def test_what_is_said_to_be_done_is_looked_for_soon_however_young_it_is() -> None:
    young = replace(DUE, age_seconds=30.0)
    assert (decide(young, Sight(Seen(WAITING)), RULES).check_in_seconds or 0.0) > 200
    assert (decide(young, Sight(Seen(DONE), MISSING), RULES).check_in_seconds or 999.0) < 120
    told = replace(young, told_done_seconds=10.0)
    assert (decide(told, Sight(Seen(UNKNOWN), MISSING), RULES).check_in_seconds or 999.0) < 120
