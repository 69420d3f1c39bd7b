"""The renderer says that it is done, and nothing good is there: waited for, and failed with a reason after an hour."""

from typing import Any

from sqlalchemy import update

from extensions import transaction
from models import Render
from tests.conftest import RunJobs
from tests.renders.conftest import Called, kinds, render, segment
from tests.renders.cycles import a_cycle, make_due
from tests.servers.nca import Nca


def test_a_call_is_not_believed_before_its_output_is_there(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs
) -> None:
    renderer.end(renderer.job, output=None)
    assert called(renderer.job).status_code == 200
    waiting = render(asked["render_id"])
    assert (waiting.status, kinds(waiting.id)) == ("processing", ["waiting"])
    assert waiting.told_done_at is not None
    assert (waiting.check_at or 9e9) <= waiting.told_done_at + 1
    renderer.put_output(renderer.job)
    a_cycle(run_jobs)
    assert (render(asked["render_id"]).status, segment().status) == ("completed", "combined")


def test_what_is_there_has_to_be_a_video(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job, output=b"<Error><Code>AccessDenied</Code></Error>")
    called(renderer.job)
    assert render(asked["render_id"]).status == "processing"


def test_it_fails_after_an_hour(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job, output=None)
    make_due()
    assert a_cycle(run_jobs)["still_processing"] == 1
    with transaction() as session:
        session.execute(update(Render).values(told_done_at=Render.told_done_at - 3600.0))
    make_due()
    assert a_cycle(run_jobs)["failed"] == 1
    ended = render(asked["render_id"])
    assert ended.error == (
        "The renderer says that it is done, but: There is no file yet (status 404). It was waited for 60 minutes."
    )
    assert segment().status == "failed"


def test_it_keeps_when_it_was_first_told_so(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job, output=None)
    make_due()
    a_cycle(run_jobs)
    first = render(asked["render_id"]).told_done_at
    make_due()
    a_cycle(run_jobs)
    assert render(asked["render_id"]).told_done_at == first


def test_who_says_it_a_hundred_times_moves_no_time(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job, output=None)
    called(renderer.job)
    first = render(asked["render_id"]).told_done_at
    for _ in range(3):
        called(renderer.job)
    assert render(asked["render_id"]).told_done_at == first


def test_a_call_is_looked_after_if_the_storage_is_away(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs
) -> None:
    renderer.end(renderer.job)
    renderer.files.status = 503
    assert called(renderer.job).status_code == 200
    waiting = render(asked["render_id"])
    assert (waiting.status, kinds(waiting.id), waiting.told_done_at) == ("processing", ["waiting"], None)
    renderer.files.status = None
    run_jobs()
    assert (render(asked["render_id"]).status, segment().status) == ("completed", "combined")
