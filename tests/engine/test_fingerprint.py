"""Failures that are the same one bear the same mark, and only those."""

from collections.abc import Callable

import pytest

from models import Job
from services.jobs import operations
from services.jobs.fingerprint import error_group, normalised
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut, Outcome, Work
from tests.conftest import RunJobs
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There is no song 7.", "there is no song <n>."),
        ("“A.mp3” is “not” audio", "<name> is <name> audio"),
        ('"say \\"hi\\"" failed', "<name> failed"),
        ("KeyError: 'lyrics'", "keyerror: <name>"),
        ("the song's words aren't there", "the song's words aren't there"),
        ("/var/lib/a b cannot be read", "<path> b cannot be read"),
        ("read/write error", "read/write error"),
        ("C:\\music\\x.mp3 is gone", "<path> is gone"),
        ("GET https://x.example/a?b=1 said 503", "get <url> said <n>"),
        ("job 01JD8Z5M3V7Q2K4N6P8R0S1T2W", "job <id>"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6 is taken", "<id> is taken"),
        ("at 0x7f1234567890", "at <id>"),
        ("1,234.5 of 12:30:05", "<n> of <n>"),
        ("  two   spaces\n", "two spaces"),
    ],
)
def test_it_replaces_particulars_only(sentence: str, expected: str) -> None:
    assert normalised(sentence) == expected


def test_it_tells_types_codes_and_sentences_apart() -> None:
    groups = {
        error_group("a", "c", "It broke."),
        error_group("b", "c", "It broke."),
        error_group("a", "d", "It broke."),
        error_group("a", "c", "It bent."),
    }
    assert len(groups) == 4
    assert all(len(group) == 16 and int(group, 16) >= 0 for group in groups)


def test_it_tells_our_own_mistakes_apart_by_their_traceback() -> None:
    def group(last_line: str) -> str:
        return error_group("a", "internal_error", "Something went wrong.", f"Traceback\n  File x\n{last_line}\n")

    assert group("KeyError: 'a'") == group("KeyError: 'b'") != group("ValueError: 'a'")


def test_it_marks_a_job_that_failed_until_it_is_retried(run_jobs: RunJobs, row: Row, script: SetScript) -> None:
    def fail(work: Work) -> Outcome:
        raise ValueError(f"job {work.job.id} is wrong")

    script(fail)
    jobs = [submit("scripted").job_id for _ in range(2)]
    run_jobs()
    groups = {row(job_id).error_group for job_id in jobs}
    assert len(groups) == 1
    assert groups != {None}
    operations.retry(jobs[0])
    assert row(jobs[0]).error_group is None


def test_it_marks_no_attempt_that_is_tried_again(runner: Runner, run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fail_for_now").job_id
    runner.deliver(job_id, 1)
    assert (row(job_id).status, row(job_id).error_group) == ("queued", None)
    run_jobs()
    assert row(job_id).error_group is not None


def test_it_marks_a_parent_whose_children_all_failed(run_jobs: RunJobs, row: Row, script: SetScript) -> None:
    script(lambda _work: FanOut("fail_for_good", "number", [Child("1", "One")], 1))
    job_id = submit("scripted_parent").job_id
    run_jobs()
    assert (row(job_id).status, row(job_id).error_group is None) == ("failed", False)
