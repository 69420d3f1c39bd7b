"""When a video is stuck: the rule, as a pure function of what is known of it and of the time."""

from collections.abc import Mapping
from dataclasses import dataclass

from config import Settings
from services.videos import states

MINUTE_SECONDS = 60.0

NOT_WAITING, TOO_YOUNG = "not_waiting", "too_young"
ACTIVE_RUN, UPLOAD_IN_PROGRESS = "active_run", "upload_in_progress"
RECENT_RUN, BACKING_OFF = "recent_run", "backing_off"
IN_WORDS: Mapping[str, str] = {
    NOT_WAITING: "It waits for nobody: it is neither uploading nor pending.",
    TOO_YOUNG: "It was made a short while ago.",
    ACTIVE_RUN: "A run of it is queued, scheduled or running.",
    UPLOAD_IN_PROGRESS: "Its upload is still growing.",
    RECENT_RUN: "A run of it ended a short while ago.",
    BACKING_OFF: "Its runs have failed, and it is left alone for a while.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """For how long a video must have been there, its last run over, and its upload still."""

    stuck_after_seconds: float
    recent_run_seconds: float
    still_after_seconds: float

    @classmethod
    def of(cls, settings: Settings, age_minutes: float | None = None) -> "Rule":
        """`age_minutes` stands in for STUCK_AFTER_MINUTES; how long an upload may pause does not depend on it.

        An upload may pause for as long as a video may wait: a client that goes on after a broken connection tries
        again within seconds, and one that comes back later still brings its video back.
        """
        waits = settings.stuck_after_minutes * MINUTE_SECONDS
        age = waits if age_minutes is None else age_minutes * MINUTE_SECONDS
        return cls(age, settings.recent_run_minutes * MINUTE_SECONDS, waits)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule asks of a video. `upload_moved_at` is when the last byte came of an upload that is not whole."""

    status: str
    created_at: float
    has_live_run: bool = False
    run_ended_at: float | None = None
    recover_at: float | None = None
    upload_moved_at: float | None = None


def why_not_stuck(facts: Facts, now: float, rule: Rule) -> str | None:
    """None if it is stuck; else the first reason why it is not, one of `IN_WORDS`."""
    reasons = {
        NOT_WAITING: facts.status not in states.WAITING,
        TOO_YOUNG: now - facts.created_at <= rule.stuck_after_seconds,
        ACTIVE_RUN: facts.has_live_run,
        UPLOAD_IN_PROGRESS: _is_within(facts.upload_moved_at, now, rule.still_after_seconds),
        RECENT_RUN: _is_within(facts.run_ended_at, now, rule.recent_run_seconds),
        BACKING_OFF: facts.recover_at is not None and now < facts.recover_at,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_within(at: float | None, now: float, seconds: float) -> bool:
    return at is not None and now - at < seconds
