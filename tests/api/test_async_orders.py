"""Handing in work on an episode."""

from collections.abc import Callable

import pytest

from services.jobs import states
from tests.api.client import CheckedClient
from tests.api.episode_work import job_of
from tests.pages import episode_rows as rows

PROCESS = "/async/episodes/a-talk/process"


def test_it_answers_at_once_with_a_job_to_follow(client: CheckedClient) -> None:
    rows.episode()
    answer = client.post(PROCESS, json={"episode_id": "a-talk", "target_stage": "transcribed"})
    assert (answer.status_code, answer.json["status"], answer.json["already_running"]) == (202, "queued", False)
    assert "webhook_secret" not in answer.json
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(answer.headers["Location"]).json["job_id"] == answer.json["job_id"]


def test_it_takes_a_request_without_a_body(client: CheckedClient) -> None:
    rows.episode()
    job = job_of(client.post(PROCESS))
    assert (job.params["target_stage"], job.params["force"], job.queue) == ("rendered", False, "default")


@pytest.mark.parametrize("priority", ["high", "default", "low"])
def test_it_stands_in_the_queue_of_its_priority(client: CheckedClient, priority: str) -> None:
    rows.episode()
    assert job_of(client.post(PROCESS, json={"priority": priority})).queue == priority


def test_it_answers_the_job_that_does_the_same_or_more(client: CheckedClient) -> None:
    rows.episode()
    first = client.post(PROCESS).json
    again = client.post(PROCESS, json={"target_stage": "enriched"}).json
    assert (again["job_id"], again["already_running"]) == (first["job_id"], True)


def test_it_lets_who_wants_more_wait_for_what_is_under_way(client: CheckedClient) -> None:
    rows.episode()
    first = client.post(PROCESS, json={"target_stage": "transcribed"}).json
    more = client.post(PROCESS, json={"target_stage": "enriched"})
    assert (job_of(more).status, job_of(more).after_id) == (states.DEFERRED, first["job_id"])
    assert more.json["status"] == "queued"
    assert "waits" in more.json["message"]
    assert "Waits" in client.get(more.headers["Location"]).json["message"]


def test_it_starts_over_though_the_same_is_under_way_if_that_does_not(client: CheckedClient) -> None:
    rows.episode()
    first = client.post(PROCESS).json["job_id"]
    forced = client.post(PROCESS, json={"force_reprocess": True}).json["job_id"]
    assert forced != first
    assert client.post(PROCESS, json={"force_reprocess": True}).json["job_id"] == forced


def test_it_says_that_a_job_for_what_is_there_ends_at_once(client: CheckedClient) -> None:
    rows.transcribe(rows.episode())
    answer = client.post(PROCESS, json={"target_stage": "transcribed"})
    assert (answer.status_code, answer.json["status"]) == (202, "queued")
    assert "already" in answer.json["message"]


def test_it_refuses_a_body_that_speaks_of_another_episode(client: CheckedClient) -> None:
    rows.episode()
    answer = client.post(PROCESS, json={"episode_id": "another"})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["episode_id"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"target_stage": "discovered"}, "target_stage"),
        ({"priority": "system"}, "priority"),
        ({"force_reprocess": "yes"}, "force_reprocess"),
        ({"targetstage": "enriched"}, "targetstage"),
        ({"webhook_url": "ftp://example.org"}, "webhook_url"),
        ({"webhook_url": "http://127.0.0.1/hook"}, "webhook_url"),
    ],
)
def test_it_names_the_field_that_is_not_acceptable(client: CheckedClient, body: dict[str, str], field: str) -> None:
    rows.episode()
    answer = client.post(PROCESS, json=body)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


def test_it_says_404_for_an_episode_that_is_not_there(client: CheckedClient) -> None:
    assert client.post(PROCESS).json["error"] == "no_such_episode"
    assert client.post("/async/episodes/a-talk/render_clips").status_code == 404


def test_it_refuses_what_cannot_be_used(client: CheckedClient) -> None:
    rows.episode(arrival="unusable", problem="no_audio_track", problem_text="Nothing can be heard in it.")
    answer = client.post(PROCESS)
    assert (answer.status_code, answer.json["error"]) == (409, "no_audio_track")
    assert answer.json["message"] == "Nothing can be heard in it."


def test_it_refuses_what_nobody_brings(client: CheckedClient) -> None:
    rows.episode(arrival="arriving")
    assert client.post(PROCESS).json["error"] == "not_here_yet"


def test_it_does_the_same_request_once(client: CheckedClient, run_jobs: Callable[[], None]) -> None:
    rows.transcribe(rows.episode())
    send = {"json": {"target_stage": "transcribed"}, "headers": {"Idempotency-Key": "night-1"}}
    first = client.post(PROCESS, **send)
    run_jobs()
    again = client.post(PROCESS, **send)
    assert (again.status_code, again.json, again.headers["Location"]) == (202, first.json, first.headers["Location"])
