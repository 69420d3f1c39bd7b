"""A parent whose children are made is held by nobody: no renewal that comes late may give it a lease, which would run
out as that of a lost worker."""

from collections.abc import Callable

import pytest

from models import Job
from services.jobs import children
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut
from tests.engine.conftest import SetScript


def test_it_is_not_held_again_by_a_late_renewal(
    runner: Runner, script: SetScript, row: Callable[[str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = []

    def renew_late(*_: object) -> None:
        lease = runner.keeper._lease
        assert lease
        runner.keeper._renew(lease)
        renewed.append(lease.job_id)

    monkeypatch.setattr(children, "ring_lanes", renew_late)
    script(lambda _work: FanOut("scripted", "number", [Child("1", "One")], 1))
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    assert renewed == [job_id]
    assert row(job_id).lease_until is None
    assert row(job_id).waits_for_children
