"""A cycle finds what the renderer has made though its call never comes, and ends it as the call would have."""

from typing import Any

from ulid import ULID

import clock
from services.jobs.operations import get_job
from services.renders import applying
from services.renders.cycle import submit_cycle
from services.renders.due import due
from tests.conftest import RunJobs
from tests.renders.conftest import Called, kinds, render, segment
from tests.renders.cycles import a_cycle, cycles, make_due
from tests.servers.nca import Nca


def test_it_finds_an_output_of_which_nobody_told(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job)
    renderer.put_output(renderer.job, changed_at=1_780_000_000.0)
    make_due()
    counts = a_cycle(run_jobs)
    ended = render(asked["render_id"])
    assert (ended.status, ended.found_by, ended.note) == ("completed", "poll", "Found by looking.")
    assert (ended.output_at, ended.output_bytes, ended.check_at) == (1_780_000_000.0, 4144, None)
    assert (segment().status, segment().file_url) == ("combined", ended.output_url)
    assert kinds(ended.id) == ["finished"]
    assert counts == {
        "checked": 1,
        "completed": 1,
        "failed": 0,
        "expired": 0,
        "still_processing": 0,
        "errors": 0,
    }


def test_a_call_that_comes_later_changes_nothing(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs
) -> None:
    renderer.end(renderer.job)
    make_due()
    a_cycle(run_jobs)
    assert called(renderer.job).status_code == 200
    assert render(asked["render_id"]).found_by == "poll"
    assert kinds(asked["render_id"]) == ["finished", "late"]


def test_what_failed_there_has_failed_here(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job, 500, "ffmpeg: no such file")
    make_due()
    assert a_cycle(run_jobs)["failed"] == 1
    ended = render(asked["render_id"])
    assert (ended.status, ended.error) == ("failed", "The renderer failed: ffmpeg: no such file")
    assert segment().status == "failed"


def test_what_is_under_way_is_looked_at_again(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.run(renderer.job)
    make_due()
    assert a_cycle(run_jobs)["still_processing"] == 1
    waiting = render(asked["render_id"])
    assert (waiting.status, waiting.checks, waiting.check_errors) == ("processing", 1, 0)
    assert waiting.check_at is not None
    assert 10 < waiting.check_at - clock.now() < 120  # at the next cycle
    assert kinds(waiting.id) == []


def test_a_job_that_the_renderer_has_forgotten_is_waited_for(
    asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs
) -> None:
    renderer.jobs.clear()
    make_due()
    assert a_cycle(run_jobs) == {
        "checked": 1,
        "completed": 0,
        "failed": 0,
        "expired": 0,
        "still_processing": 1,
        "errors": 0,
    }


def test_what_is_not_due_is_left_alone(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job)
    assert a_cycle(run_jobs)["checked"] == 0
    assert (render(asked["render_id"]).status, renderer.looks) == ("processing", [])
    assert cycles() == []


def test_it_leaves_a_record_of_itself(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job)
    make_due()
    a_cycle(run_jobs)
    (cycle,) = cycles()
    assert (cycle.checked, cycle.completed, cycle.errors) == (1, 1, 0)
    assert cycle.ended_at is not None
    assert cycle.started_at <= cycle.ended_at
    assert get_job(cycle.id).status == "finished"


def test_those_that_wait_the_longest_come_first(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due()
    (first,) = due(5)
    assert first.asked.id == asked["render_id"]
    assert 600 <= first.age_seconds < 700
    assert first.external_job_id == renderer.job.job_id


def test_an_attempt_that_was_killed_after_its_last_batch_is_ended_by_the_next(
    asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs
) -> None:
    job_id = submit_cycle(str(ULID())).job_id
    applying.apply(job_id, [])  # as far as it came
    run_jobs()
    (cycle,) = cycles()
    assert (cycle.id, cycle.checked) == (job_id, 0)
    assert cycle.ended_at is not None
