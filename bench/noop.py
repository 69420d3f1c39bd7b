"""Jobs that do nothing, at once or for a while: what is measured is what is around them."""

import time

import clock
from extensions import redis
from services.jobs import registry
from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

TICKS_PER_SECOND = 5
ALONE = "alone"  # not short: a ring for one of these does one job, in a horse of its own
STEPS = (Step("working", "Working", 100), COMPLETE)


def noop(_work: Work) -> Outcome:
    return Outcome()


def many(work: Work) -> FanOut:
    size = work.job.params["children"]
    return FanOut("noop", "number", [Child(str(number), "") for number in range(size)], size)


def paced(work: Work) -> Outcome:
    """Takes `seconds`, and reports as often as a job may."""
    ticks = max(1, round(work.job.params["seconds"] * TICKS_PER_SECOND))
    work.progress.step("working", total=ticks)
    for _ in range(ticks):
        time.sleep(1 / TICKS_PER_SECOND)
        work.progress.advance()
    return Outcome()


def stamp(work: Work) -> Outcome:
    """Says when it began."""
    redis.client.rpush(work.job.params["key"], clock.now())
    return Outcome()


def gather(_parent: object) -> tuple[dict[str, object], None]:
    return {}, None


def register() -> None:
    for kind in (
        JobType("noop", "Nothing", "bench.noop.noop", "default", STEPS, 60, short=True),
        JobType(ALONE, "Nothing, by itself", "bench.noop.noop", "default", STEPS, 60),
        JobType("stamp", "Nothing, at an instant", "bench.noop.stamp", "default", STEPS, 60, short=True),
        JobType("paced", "Nothing, for a while", "bench.noop.paced", "default", STEPS, 600),
        JobType("many", "Nothing, often", "bench.noop.many", "default", STEPS, 60, gather="bench.noop.gather"),
    ):
        registry.JOB_TYPES[kind.name] = kind
