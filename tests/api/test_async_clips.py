"""Asking for files of clips."""

import pytest

from services.jobs import states
from tests.api.client import CheckedClient
from tests.api.episode_work import job_of
from tests.pages import episode_rows as rows

RENDER = "/async/episodes/a-talk/render_clips"


def test_it_takes_all_clips_in_all_ways_unless_told_otherwise(client: CheckedClient) -> None:
    rows.clip(rows.episode(stage="enriched"))
    job = job_of(client.post(RENDER))
    assert job.params["clip_ids"] is None
    assert job.params["variants"] == ["clean", "subtitled"]
    assert job.params["aspect_ratios"] == ["9x16", "16x9", "1x1"]


def test_it_takes_the_same_wishes_in_another_order_for_the_same(client: CheckedClient) -> None:
    episode = rows.episode(stage="enriched")
    first, second = rows.clip(episode), rows.clip(episode, start_seconds=40.0, end_seconds=60.0)
    one = {"clip_ids": [first, second], "variants": ["clean", "subtitled"], "aspect_ratios": ["1x1"]}
    other = {"clip_ids": [second, first, first], "variants": ["subtitled", "clean"], "aspect_ratios": ["1x1"]}
    job = client.post(RENDER, json=one).json["job_id"]
    again = client.post(RENDER, json=other).json
    assert (again["job_id"], again["already_running"]) == (job, True)


def test_it_names_clips_that_are_not_there(client: CheckedClient) -> None:
    clip = rows.clip(rows.episode(stage="enriched"))
    answer = client.post(RENDER, json={"clip_ids": [clip, 4711]})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["clip_ids"])
    assert "4711" in answer.json["message"]
    assert str(clip) in answer.json["details"]["clip_ids"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"clip_ids": []}, "clip_ids"),
        ({"variants": []}, "variants"),
        ({"variants": ["dubbed"]}, "variants.0"),
        ({"aspect_ratios": ["4x3"]}, "aspect_ratios.0"),
        ({"episode_id": "another"}, "episode_id"),
    ],
)
def test_it_names_the_field_that_is_not_acceptable(client: CheckedClient, body: dict[str, object], field: str) -> None:
    rows.clip(rows.episode(stage="enriched"))
    answer = client.post(RENDER, json=body)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


def test_it_waits_for_the_processing_of_the_episode(client: CheckedClient) -> None:
    rows.episode()
    processing = client.post("/async/episodes/a-talk/process").json["job_id"]
    clips = client.post(RENDER)
    assert (job_of(clips).status, job_of(clips).after_id) == (states.DEFERRED, processing)
    told = client.get(clips.headers["Location"]).json
    assert (told["status"], "Waits for" in told["message"]) == ("queued", True)


@pytest.mark.parametrize(("stage", "why"), [("transcribed", "process it"), ("rendered", "Nothing was found")])
def test_it_says_why_there_are_no_clips(client: CheckedClient, stage: str, why: str) -> None:
    rows.episode(stage=stage)
    answer = client.post(RENDER)
    assert (answer.status_code, answer.json["error"]) == (409, "no_clips")
    assert why in answer.json["message"]


def test_it_does_not_wait_for_what_brings_no_clips(client: CheckedClient) -> None:
    rows.episode()
    client.post("/async/episodes/a-talk/process", json={"target_stage": "transcribed"})
    assert client.post(RENDER).json["error"] == "no_clips"
