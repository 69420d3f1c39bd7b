"""Jobs that do nothing: what is measured is the engine around them."""

from services.jobs import registry
from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

STEPS = (Step("working", "Working", 100), COMPLETE)


def noop(_work: Work) -> Outcome:
    return Outcome()


def many(work: Work) -> FanOut:
    size = work.job.params["children"]
    return FanOut("noop", "number", [Child(str(number), "") for number in range(size)], size)


def gather(_parent: object) -> tuple[dict[str, object], None]:
    return {}, None


def register() -> None:
    for kind in (
        JobType("noop", "Nothing", "bench.noop.noop", "default", STEPS, 60, short=True),
        JobType("many", "Nothing, often", "bench.noop.many", "default", STEPS, 60, gather="bench.noop.gather"),
    ):
        registry.JOB_TYPES[kind.name] = kind
