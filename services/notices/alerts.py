"""What operators may be warned of, whether it holds, and when to say so. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from services.fleet.words import seconds_in_words

WAITS, FAILURES, WORKERS, WEBHOOKS = "queue_waits", "failures", "workers_gone", "webhook_off"
STUCK = "stuck"
REMIND_SECONDS = 6 * 3600.0
COUNTED = 10_000  # failures beyond that are not counted


@dataclass(frozen=True, slots=True)
class Kind:
    """`amount` says what the threshold counts, None: there is none; it is from `least` to `most`.

    What holds is told after `hold_seconds`.
    """

    label: str
    amount: str | None
    least: float
    usual: float
    path: str
    most: float = 1_000_000.0
    has_queue: bool = False
    has_window: bool = False
    hold_seconds: float = 0.0


KINDS: Mapping[str, Kind] = {
    WAITS: Kind("A job waits too long", "minutes", 1, 10, "/admin/queues", has_queue=True),
    FAILURES: Kind("Many jobs fail", "failures", 1, 20, "/admin/failures", most=COUNTED, has_window=True),
    WORKERS: Kind("Workers are gone", "workers at least", 1, 1, "/admin/workers", hold_seconds=30.0),
    STUCK: Kind("Work is stuck", "things", 1, 10, "/admin/recovery", hold_seconds=60.0),
    WEBHOOKS: Kind("A webhook is switched off", None, 0, 0, "/webhooks"),
}


class Rule(Protocol):
    """What a rule's row says."""

    kind: str
    queue: str | None
    threshold: float
    window_minutes: float
    seen_since: float | None
    told_at: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`waits` are seconds of the first in each line, those held back left out; `workers` is None without Redis.

    `failed` has how many jobs failed within so many minutes, `stuck` how many things of a kind are stuck.
    """

    now: float
    waits: Mapping[str, float]
    workers: int | None
    failed: Mapping[float, int]
    stuck: Mapping[str, int] = field(default_factory=dict)


def judge(rule: Rule, facts: Facts) -> str:
    """The sentence that warns; empty if all is well."""
    return next(_SENTENCES[rule.kind](rule, facts), "")


def _waits(rule: Rule, facts: Facts) -> Iterator[str]:
    for queue, seconds in sorted(facts.waits.items(), key=lambda each: -each[1]):
        if rule.queue in (None, queue) and seconds > rule.threshold * 60:
            yield f"In “{queue}” a job has waited for {seconds_in_words(seconds)}."


def _failures(rule: Rule, facts: Facts) -> Iterator[str]:
    failed = facts.failed[rule.window_minutes]
    if failed >= rule.threshold:
        yield f"{failed:,} {'job has' if failed == 1 else 'jobs have'} failed within {_minutes(rule.window_minutes)}."


def _workers(rule: Rule, facts: Facts) -> Iterator[str]:
    if facts.workers is None:
        yield "Redis cannot be reached, so nobody takes jobs up."
    elif facts.workers < rule.threshold:
        yield f"{facts.workers or 'No'} {'worker is' if facts.workers <= 1 else 'workers are'} running."


def _stuck(rule: Rule, facts: Facts) -> Iterator[str]:
    total = sum(facts.stuck.values())
    if total >= rule.threshold:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in facts.stuck.items() if count)
        yield f"{total:,} {'thing is' if total == 1 else 'things are'} stuck ({kinds})."


def _minutes(minutes: float) -> str:
    return seconds_in_words(minutes * 60)


_SENTENCES = {WAITS: _waits, FAILURES: _failures, WORKERS: _workers, STUCK: _stuck}

Step = Literal["nothing", "see", "tell", "remind", "over", "forget"]


def next_step(rule: Rule, *, is_on: bool, now: float) -> Step:
    """What to do about a rule that holds, or does not: told once it has held for a while, and again every six hours."""
    if not is_on:
        return "over" if rule.told_at is not None else "forget" if rule.seen_since is not None else "nothing"
    if rule.told_at is not None:
        return "remind" if now - rule.told_at >= REMIND_SECONDS else "nothing"
    since = now if rule.seen_since is None else rule.seen_since
    if now - since >= KINDS[rule.kind].hold_seconds:
        return "tell"
    return "see" if rule.seen_since is None else "nothing"
