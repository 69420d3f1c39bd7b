"""Tasks for the tests of the engine, and the job types that name them."""

from collections.abc import Callable
from typing import Any

from errors import TransientError
from extensions import db
from models import Job, User
from services.jobs.registry import COMPLETE, JobType, Step
from services.jobs.work import Child, FanOut, Outcome, Work

# As the parents that Backbeat has: making the children takes little.
PARENT_STEPS = (Step("preparing", "Preparing", 2), Step("working", "Working", 98), COMPLETE)
STEPS = (Step("counting", "Counting", 80), Step("writing", "Writing it down", 20), COMPLETE)


def count(work: Work) -> Outcome:
    """Counts to `params["to"]`, then leaves a user named after the job: an effect that can be counted."""
    to = work.job.params.get("to", 3)
    work.progress.step("counting", total=to)
    for _ in range(to):
        work.checkpoint()
        work.progress.advance()
    work.progress.step("writing")
    name = f"{work.job.id}-{work.job.attempt}"
    return Outcome({"counted": to}, "/counted", lambda: db.session.add(User(name=name, created_at=0.0)))


def fail_for_good(_work: Work) -> Outcome:
    raise ValueError("secret detail")


def fail_for_now(_work: Work) -> Outcome:
    raise TransientError("The moon is in the way.")


def fail_with_effect(_work: Work) -> Outcome:
    def save() -> None:
        db.session.add(User(name="half done", created_at=0.0))
        raise TransientError("The ink ran out.")

    return Outcome({}, None, save)


def fan_out(work: Work) -> FanOut:
    size = work.job.params["to"]
    return FanOut("count", "number", [Child(str(n), f"Number {n}") for n in range(size)], size)


def gather(parent: Job) -> tuple[dict[str, Any], str]:
    return {"children": parent.children_total}, f"/parents/{parent.id}"


class Script:
    """What the scripted jobs do: a test sets it."""

    run: Callable[[Work], Outcome | FanOut]


def scripted(work: Work) -> Outcome | FanOut:
    return Script.run(work)


def _type(name: str, **more: Any) -> JobType:
    options: dict[str, Any] = {"queue": "default", "steps": STEPS, "time_limit_seconds": 60.0, "max_attempts": 3}
    return JobType(name=name, label=name.title(), task=f"tests.engine.tasks.{name}", **(options | more))


TEST_TYPES = {
    kind.name: kind
    for kind in (
        _type("count", short=True),
        _type("fail_for_good"),
        _type("scripted"),
        JobType(
            "scripted_parent",
            "Scripted parent",
            "tests.engine.tasks.scripted",
            "default",
            PARENT_STEPS,
            60.0,
            max_attempts=3,
            gather="tests.engine.tasks.gather",
        ),
        _type("fail_for_now"),
        _type("fail_with_effect"),
        _type("fan_out", gather="tests.engine.tasks.gather"),
    )
}
