"""A video whose file comes in pieces: from its first byte to what browsers play."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from extensions import db
from models import Job
from services.media.probe import probe
from services.videos import states
from tests.api.client import CheckedClient
from tests.uploads.conftest import VERSION, Tus
from tests.videos.sending import URL, begin, send, send_whole, told


def test_it_is_a_video_from_the_first_byte_on(client: CheckedClient) -> None:
    video = begin(client, 1000, name="The harbour at night", tenant_id="harbour-films")
    send(client, video, b"x" * 10)
    row = told(client, video["id"])
    assert (row["status"], row["name"], row["tenant_id"]) == (states.UPLOADING, "The harbour at night", "harbour-films")
    assert (row["received_bytes"], row["size_bytes"], row["job_id"]) == (10, 1000, None)


def test_what_is_not_said_is_made_of_what_is(client: CheckedClient) -> None:
    row = begin(client, 1000)
    assert (row["name"], row["tenant_id"]) == ("harbour.mp4", "1")


def test_it_waits_for_its_run_once_all_is_here(client: CheckedClient, clip: Path) -> None:
    row = told(client, send_whole(client, clip))
    assert (row["status"], row["received_bytes"], row["upload_url"]) == (states.PENDING, None, None)
    assert client.get(f"/api/jobs/{row['job_id']}/status").json["type"] == "process_video"


def test_it_goes_on_after_a_broken_connection(client: CheckedClient, clip: Path) -> None:
    data = clip.read_bytes()
    video = begin(client, len(data))
    send(client, video, data[:5000])
    offset = int(client.head(video["upload_url"], headers=VERSION).headers["Upload-Offset"])
    assert offset == 5000
    send(client, video, data[offset:], offset)
    assert told(client, video["id"])["status"] == states.PENDING


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_ends_with_what_browsers_play(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    video_id = send_whole(client, clip, sha256=hashlib.sha256(clip.read_bytes()).hexdigest())
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem_text"], row["failures"]) == (states.READY, None, 0)
    assert (row["width"], row["height"], row["video_codec"], row["audio_codec"]) == (160, 120, "h264", "aac")
    assert row["duration_seconds"] == pytest.approx(3.0, abs=0.2)
    assert client.get(row["poster_url"]).data[:3] == b"\xff\xd8\xff"
    assert client.get(row["source_url"]).data == clip.read_bytes()
    part = client.get(row["web_url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")


def test_its_preview_is_short_small_and_silent(
    client: CheckedClient, clip: Path, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    video_id = send_whole(client, clip)
    run_jobs()
    preview = tmp_path / "preview.mp4"
    preview.write_bytes(client.get(told(client, video_id)["preview_url"]).data)
    info = probe(preview, needs_sound=False)
    assert (info.audio_codec, info.width, info.video_codec) == (None, 160, "h264")
    assert info.duration_seconds <= 6.5


def test_the_steps_of_its_run_are_told(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    job_id = told(client, send_whole(client, clip))["job_id"]
    run_jobs()
    job = db.session.get_one(Job, job_id)
    assert [step["name"] for step in job.steps or []] == ["checking", "storing", "picturing", "rendering"]
    assert (job.result_url or "").startswith("/library/videos/")


def test_any_client_of_tus_can_send_one(client: CheckedClient, clip: Path) -> None:
    data = clip.read_bytes()
    answer = Tus(client).create(len(data), filename="a.mp4", purpose="video", title="By tus", tenant_id="t-1")
    video_id = answer.headers["Backbeat-Video-Id"]
    row = told(client, video_id)
    assert (row["status"], row["name"], row["tenant_id"]) == (states.UPLOADING, "By tus", "t-1")
    last = Tus(client).send(answer.headers["Location"], 0, data)
    assert last.headers["Backbeat-Video-Id"] == video_id
    assert told(client, video_id)["status"] == states.PENDING


def test_the_end_sent_again_starts_no_second_run(client: CheckedClient, clip: Path) -> None:
    data = clip.read_bytes()
    video = begin(client, len(data))
    send(client, video, data)
    job_id = told(client, video["id"])["job_id"]
    assert send(client, video, b"", len(data)).status_code == 204
    assert told(client, video["id"])["job_id"] == job_id
    assert len(client.get("/api/jobs?type=process_video").json["jobs"]) == 1


def test_one_key_begins_one_video(client: CheckedClient) -> None:
    told_twice = {"json": {"file_name": "a.mp4", "size_bytes": 10}, "headers": {"Idempotency-Key": "once"}}
    first, second = (client.post(URL, **told_twice) for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert len(client.get(URL).json["videos"]) == 1
