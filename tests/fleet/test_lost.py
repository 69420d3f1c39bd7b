"""What became of the job that a lost worker was at."""

import pytest

from models import Job
from services.fleet.lost import what_became_of


def _job(status: str, attempt: int = 1, owner: str | None = None, children_total: int | None = None) -> Job:
    return Job(status=status, attempt=attempt, lease_owner=owner, children_total=children_total)


@pytest.mark.parametrize(
    ("ring", "job", "sentence"),
    [
        ("", None, "It had no job."),
        ("J-1-0", None, "Its job has been deleted since."),
        ("J-1-0", _job("started", owner="lost"), "It still holds the job: that is free again when its lease runs out."),
        ("J-1-0", _job("started", 2, owner="other"), "The job was taken over: attempt 2, running."),
        ("J-1-0", _job("failed", 3), "The job was taken over: attempt 3, failed."),
        ("J-1-0", _job("finished"), "The job is over: finished."),
        ("J-1-0", _job("queued"), "The job is waiting."),
        (
            "J-lane0-7",
            _job("started", children_total=9),
            "It was at a part of a bigger job, that others go on with; it is running.",
        ),
    ],
)
def test_it_is_told_in_a_sentence(ring: str, job: Job | None, sentence: str) -> None:
    assert what_became_of("lost", ring, job) == sentence
