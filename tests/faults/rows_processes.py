"""Processes that are killed in mid-job."""

import time

from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.waiting import wait_until


@row("2", "horse killed (SIGKILL) in mid-job", bound_seconds=5, short=True)
def horse_killed(kit: Kit) -> Outcome:
    with kit.stack() as stack, inside(stack):
        go_on = kit.fresh("go")
        job_id = submit("hold", params={"until": str(go_on)}).job_id
        wait_until(lambda: stack.processes("horse"), "the job runs")
        killed = time.monotonic()
        stack.processes("horse")[0].kill()
        wait_until(lambda: stack.get(f"/api/progress/{job_id}")["attempt"] == 2, "attempt 2")
        seconds = time.monotonic() - killed
        go_on.touch()
        stack.ended(job_id)
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), [job_id])
    return Outcome(1, lost, doubled, seconds)
