"""What becomes of a video when a run of it ends, as a table."""

import pytest

from services.videos.ends import Verdict, delay_seconds, verdict

SAID = "It did not work."


@pytest.mark.parametrize(
    ("job_status", "code", "before", "is_whole", "expected"),
    [
        ("finished", "", 3, True, Verdict("ready")),
        ("canceled", "canceled", 2, True, ("failed", 2, None, "stopped")),
        ("failed", "not_a_video", 0, True, ("failed", 1, None, "not_a_video")),
        ("failed", "truncated", 0, True, ("failed", 1, None, "truncated")),
        ("failed", "media_failed", 0, True, ("failed", 1, None, "media_failed")),
        ("failed", "time_limit", 0, True, ("failed", 1, None, "time_limit")),
        ("failed", "quarantined", 0, True, ("failed", 1, None, "quarantined")),
        ("failed", "wrong_checksum", 0, True, ("failed", 1, None, "wrong_checksum")),
        ("failed", "file_gone", 0, True, ("failed", 1, None, "file_gone")),
        ("failed", "upload_incomplete", 0, False, ("failed", 1, None, "upload_incomplete")),
        ("failed", "upload_incomplete", 0, True, ("pending", 0, 0.0, None)),
        ("failed", "storage_away", 0, True, ("pending", 1, 300.0, "storage_away")),
        ("failed", "worker_lost", 1, True, ("pending", 2, 900.0, "worker_lost")),
        ("failed", "internal_error", 3, True, ("pending", 4, 8100.0, "internal_error")),
        ("failed", "internal_error", 4, True, ("failed", 5, None, "internal_error")),
    ],
)
def test_each_end_has_its_verdict(
    job_status: str, code: str, before: int, is_whole: bool, expected: Verdict | tuple[str, int, float | None, str]
) -> None:
    found = verdict(job_status, code, SAID, failures_before=before, is_upload_whole=is_whole)
    if isinstance(expected, Verdict):
        assert found == expected
    else:
        assert (found.status, found.failures, found.delay_seconds, found.problem) == expected


def test_it_is_left_alone_for_longer_each_time_and_not_for_ever() -> None:
    assert [delay_seconds(n) / 60 for n in (1, 2, 3, 4, 9)] == [5, 15, 45, 135, 360]
