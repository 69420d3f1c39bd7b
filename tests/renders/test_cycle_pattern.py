"""Where the settings tell where outputs appear, the storage is asked first, the renderer of what is not there."""

from typing import Any

import pytest
from flask import Flask

from extensions import current_settings
from tests.conftest import RunJobs
from tests.renders.conftest import kinds, render
from tests.renders.cycles import a_cycle, make_due
from tests.servers.nca import API_KEY, Nca, nca


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY, "render_output_url": renderer.output_pattern}


def test_what_is_there_is_believed_without_asking(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.put_output(renderer.job)
    renderer.down = True
    make_due()
    assert a_cycle(run_jobs)["completed"] == 1
    ended = render(asked["render_id"])
    assert ended.output_url == renderer.output_pattern.replace("{external_job_id}", renderer.job.job_id)
    assert renderer.looks == []
    assert renderer.files.asked[0][0] == "HEAD"


def test_the_renderer_may_have_put_it_elsewhere(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    told = renderer.end(renderer.job, output=None)
    told["response"] = [{"file_url": f"{renderer.url}/elsewhere.mp4"}]
    renderer.files.put("/elsewhere.mp4")
    make_due()
    a_cycle(run_jobs)
    assert render(asked["render_id"]).output_url == f"{renderer.url}/elsewhere.mp4"


def test_what_is_no_video_is_not_believed(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.put_output(renderer.job, b"<!DOCTYPE html><title>Sign in</title>")
    renderer.run(renderer.job)
    make_due()
    assert a_cycle(run_jobs)["still_processing"] == 1
    assert render(asked["render_id"]).status == "processing"


def test_a_failure_is_found_out_while_the_storage_is_away(
    asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs
) -> None:
    renderer.files.status = 503
    renderer.end(renderer.job, 500, "no")
    make_due()
    assert a_cycle(run_jobs)["failed"] == 1
    assert kinds(asked["render_id"]) == ["finished"]


def test_silence_there_is_no_miss_elsewhere(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    """The renderer names another address, where it is not; the storage that the settings name does not answer."""
    told = renderer.end(renderer.job, output=None)
    with nca() as elsewhere:
        told["response"] = [{"file_url": f"{elsewhere.url}/none.mp4"}]
        renderer.files.status = 503
        make_due()
        assert a_cycle(run_jobs)["errors"] == 1
    assert render(asked["render_id"]).told_done_at is None


def test_the_storage_alone_will_do(app: Flask, asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    """Whoever has taken the renderer out of the settings still gets what it makes."""
    app.extensions["backbeat_settings"] = current_settings().model_copy(update={"nca_base_url": None})
    make_due()
    assert a_cycle(run_jobs)["still_processing"] == 1
    renderer.put_output(renderer.job)
    make_due()
    assert a_cycle(run_jobs)["completed"] == 1
    assert renderer.looks == []
