"""What becomes of a render that was looked at. Pure: what is known and what was seen in, a decision out."""

from dataclasses import dataclass

from errors import TransientError
from services.renders import outcomes, states, timing
from services.renders.due import Due
from services.renders.looking import NO_ADDRESS, Sight, what_is_missing
from services.renders.outcomes import Outcome

# The renderer says that it is done, and what should be there is not, or is no video: a copy may be under way so long.
MISSING_SECONDS = 3600.0
MOST_ASKED_SECONDS = 900.0  # that a server may ask to be left alone


@dataclass(frozen=True, slots=True)
class Rules:
    """How often it is looked, and for how long, by the settings; and whether there is a renderer at all."""

    interval_seconds: float
    max_age_seconds: float
    has_renderer: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a render, or that it is looked at again after so many seconds; None: never.

    `check_errors`: how many looks in a row nobody has answered by now. `is_to_be_asked`: the renderer does not have it;
    then it is how many cycles in a row have found that.
    """

    outcome: Outcome | None = None
    check_in_seconds: float | None = None
    check_errors: int = 0
    is_told_done: bool = False
    is_to_be_asked: bool = False

    @property
    def is_unanswered(self) -> bool:
        return self.check_errors > 0 and not self.is_to_be_asked


def decide(due: Due, sight: Sight | TransientError, rules: Rules) -> Decision:
    """Nothing ends because somebody did not answer; what is given up was looked for, and not found."""
    if isinstance(sight, TransientError):
        errors = due.check_errors + 1
        seconds = max(_later(due, rules, errors) or 0.0, min(sight.retry_after_seconds or 0.0, MOST_ASKED_SECONDS))
        return Decision(check_in_seconds=seconds, check_errors=errors)
    outcome = _end(due, sight) or _given_up(due, sight, rules)
    if outcome is not None:
        return Decision(outcome)
    if due.external_job_id is None and due.status == states.PROCESSING:
        tries = due.check_errors + 1  # a renderer that is away is asked ever more seldom
        return Decision(check_in_seconds=_later(due, rules, tries), check_errors=tries, is_to_be_asked=True)
    return Decision(
        check_in_seconds=_later(due, rules, 0, is_told_done=sight.is_told_done), is_told_done=sight.is_told_done
    )


def _end(due: Due, sight: Sight) -> Outcome | None:
    """One that was given up does not fail any more: it only takes its output."""
    if due.external_job_id is None:
        return None
    found = outcomes.decide(sight.seen, sight.output, due.external_job_id)
    if found is None and sight.is_told_done and (due.told_done_seconds or 0.0) >= MISSING_SECONDS:
        found = _missing(due.external_job_id, what_is_missing(sight))
    return found if found is not None and due.status in states.leading_to(found.status) else None


def _missing(external_job_id: str, what: str) -> Outcome | None:
    """Where nobody says where the output is, whoever runs Backbeat can mend that: nothing has failed."""
    if what == NO_ADDRESS:
        return None
    return outcomes.failed(f"{what} It was waited for {MISSING_SECONDS / 60:.0f} minutes.", external_job_id)


def _given_up(due: Due, sight: Sight, rules: Rules) -> Outcome | None:
    """What the renderer has not taken yet waits for it however long, if there is one."""
    is_waiting_for_renderer = due.external_job_id is None and rules.has_renderer
    if due.status != states.PROCESSING or is_waiting_for_renderer or due.age_seconds <= rules.max_age_seconds:
        return None
    said = what_is_missing(sight) if sight.is_told_done else "Neither its output nor the renderer's call has come."
    return Outcome(states.EXPIRED, note=f"Given up after {rules.max_age_seconds / 3600:g} hours.", error=said)


def _later(due: Due, rules: Rules, check_errors: int, *, is_told_done: bool = False) -> float | None:
    """In how many seconds it is looked at again; None once nobody expects anything of it any more.

    What is said to be done is expected at each cycle, however young it is.
    """
    if due.status != states.EXPIRED:
        is_expected = is_told_done or due.told_done_seconds is not None
        age_seconds = max(due.age_seconds, timing.FIRST_CHECK_SECONDS) if is_expected else due.age_seconds
        chance = timing.chance_of(due.asked.id, due.checks)
        return timing.next_check_seconds(
            age_seconds, check_errors, interval_seconds=rules.interval_seconds, chance=chance
        )
    is_over = not check_errors and (due.given_up_seconds or 0.0) > timing.EXPIRED_FOR_SECONDS
    return None if is_over else timing.EXPIRED_SECONDS
