"""A job that has no need of some of its steps."""

from collections.abc import Callable
from typing import Any

from services.jobs.submit import submit
from services.jobs.work import Outcome, Work
from tests.engine.conftest import SetScript


def test_it_fills_its_bar_with_the_steps_that_it_goes_through(
    script: SetScript, run_jobs: Callable[[], None], told: Callable[[str], dict[str, Any]]
) -> None:
    seen: list[float] = []

    def go_through_the_last(work: Work) -> Outcome:
        work.progress.only({"writing"})
        work.progress.step("writing", total=4)
        for _ in range(2):
            work.progress.advance()
        work.progress.flush()
        seen.append(told(work.job.id)["progress"])
        return Outcome()

    script(go_through_the_last)
    job_id = submit("scripted").job_id
    run_jobs()
    assert seen == [0.5]
    assert told(job_id)["progress"] == 1.0
