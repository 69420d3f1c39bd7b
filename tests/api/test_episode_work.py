"""Work on episodes for callers that wait, and the catalogue as they know it."""

from collections.abc import Callable

import pytest

from errors import BackbeatError
from services.episodes import at_once
from services.jobs import patience
from services.jobs.work import Outcome, Work
from tests.api.client import CheckedClient
from tests.api.episode_work import job_of
from tests.pages import episode_rows as rows
from workers import tasks

RunJobs = Callable[[], None]
IN_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "MOST_SECONDS", 0.0)


@pytest.fixture
def worker(run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who runs what is queued while a caller waits."""
    monkeypatch.setattr(patience, "pause", run_jobs)


@pytest.mark.usefixtures("worker")
def test_it_answers_once_the_work_is_done(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.episode()

    def process(work: Work) -> Outcome:
        rows.transcribe("a-talk")
        return Outcome()

    monkeypatch.setattr(tasks, "process_episode", process)
    answer = client.post("/episodes/a-talk/process", json={"target_stage": "transcribed"})
    assert (answer.status_code, answer.json["status"], answer.json["stage"]) == (200, "completed", "transcribed")


@pytest.mark.usefixtures("impatient")
def test_it_tells_that_a_job_takes_over(client: CheckedClient) -> None:
    rows.episode()
    answer = client.post("/episodes/a-talk/process")
    assert (answer.status_code, answer.json["status"]) == (202, "queued")
    assert "job has taken over" in answer.json["message"]
    assert client.get(answer.headers["Location"]).json["job_id"] == job_of(answer).id


@pytest.mark.usefixtures("worker")
def test_it_tells_why_the_work_failed(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.episode()

    def fail(_: Work) -> Outcome:
        raise BackbeatError("Nothing can be heard in it.", code="no_audio_track")

    monkeypatch.setattr(tasks, "process_episode", fail)
    answer = client.post("/episodes/a-talk/process")
    assert (answer.status_code, answer.json["error"]) == (409, "no_audio_track")
    assert answer.json["message"] == "Nothing can be heard in it."


def test_it_lists_the_catalogue(client: CheckedClient) -> None:
    rows.episode()
    assert client.get("/episodes").json == client.get("/api/episodes").json
    assert [line["id"] for line in client.get("/episodes?q=rivers").json["episodes"]] == ["a-talk"]


def test_it_lists_clips_with_their_files(client: CheckedClient) -> None:
    clip_id = rows.clip(rows.episode(stage="enriched"))
    rows.render("a-talk", clip_id)
    answer = client.get("/episodes/a-talk/clips").json
    [clip] = answer["clips"]
    assert (answer["stage"], clip["id"], clip["title"]) == ("enriched", clip_id, "Where the river rises")
    assert [(file["variant"], file["aspect_ratio"]) for file in clip["files"]] == [("clean", "9x16")]


@pytest.mark.usefixtures("worker")
def test_it_finds_clips(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.episode()

    def process(work: Work) -> Outcome:
        assert work.job.params["target_stage"] == "enriched"
        rows.clip("a-talk")
        return Outcome()

    monkeypatch.setattr(tasks, "process_episode", process)
    answer = client.post("/episodes/a-talk/clips/discover")
    assert (answer.status_code, len(answer.json["clips"])) == (200, 1)


@pytest.mark.parametrize(
    ("path", "page"), [("/episodes", "/library/episodes"), ("/episodes/a-talk/clips", "/library/episodes/a-talk")]
)
def test_it_leads_browsers_to_the_page(client: CheckedClient, path: str, page: str) -> None:
    rows.episode()
    answer = client.get(path, headers=IN_BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


@pytest.mark.parametrize("path", ["/episodes/a-talk/clips", "/episodes/a-talk/process"])
def test_it_says_404_for_an_episode_that_is_not_there(client: CheckedClient, path: str) -> None:
    answer = client.get(path) if path.endswith("clips") else client.post(path)
    assert (answer.status_code, answer.json["error"]) == (404, "no_such_episode")
