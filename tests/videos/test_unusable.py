"""Videos that nothing can be made of: they fail once, with what is the matter and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from extensions import transaction
from models import Video
from services.upload_files import locked
from services.videos import files, runs, states
from tests.api.client import CheckedClient
from tests.media.makers import cut_off, only_sound, without_sound
from tests.uploads.conftest import VERSION, Tus
from tests.videos.sending import begin, send, send_whole, told

RunJobs = Callable[[], None]


@pytest.mark.parametrize(
    ("name", "problem", "words"),
    [("text", "not_a_video", "not a video"), ("sound", "not_a_video", "only sound"), ("cut", "truncated", "cut off")],
)
def test_it_says_what_is_the_matter(
    client: CheckedClient, clip: Path, tmp_path: Path, run_jobs: RunJobs, name: str, problem: str, words: str
) -> None:
    video_id = send_whole(client, _file(name, clip, tmp_path))
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"], row["failures"]) == (states.FAILED, problem, 1)
    assert words in row["problem_text"]
    assert row["recover_at"] is None


def _file(name: str, clip: Path, folder: Path) -> Path:
    if name == "sound":
        return only_sound(folder / "sound.mp4")
    path = folder / "a.mp4"
    path.write_bytes(b"no video at all" if name == "text" else clip.read_bytes())
    return path if name == "text" else cut_off(path)


def test_an_empty_file_says_so(client: CheckedClient, run_jobs: RunJobs) -> None:
    video_id = Tus(client).create(0, filename="a.mp4", purpose="video").headers["Backbeat-Video-Id"]
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"]) == (states.FAILED, "empty_file")


def test_one_without_sound_is_as_good(client: CheckedClient, tmp_path: Path, run_jobs: RunJobs) -> None:
    video_id = send_whole(client, without_sound(tmp_path / "a.mp4"))
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["audio_codec"]) == (states.READY, None)


def test_one_that_has_come_otherwise_than_it_was_sent_is_refused(
    client: CheckedClient, clip: Path, run_jobs: RunJobs
) -> None:
    video_id = send_whole(client, clip, sha256="0" * 64)
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"], row["source_url"]) == (states.FAILED, "wrong_checksum", None)
    assert "0" * 64 in row["problem_text"]


def test_one_whose_upload_stands_still_fails_clearly_and_comes_back_with_the_next_piece(
    client: CheckedClient, clip: Path, run_jobs: RunJobs
) -> None:
    data = clip.read_bytes()
    video = begin(client, len(data))
    send(client, video, data[:1000])
    _age(video["id"])
    runs.start(video["id"], by="recovery", only_if=runs.StillStuck(600.0, 300.0))
    run_jobs()
    row = told(client, video["id"])
    assert (row["status"], row["problem"]) == (states.FAILED, "upload_incomplete")
    assert f"1,000 of {len(data):,} bytes" in row["problem_text"]
    send(client, video, data[1000:2000], 1000)
    row = told(client, video["id"])
    assert (row["status"], row["problem"], row["received_bytes"]) == (states.UPLOADING, None, 2000)
    send(client, video, data[2000:], 2000)
    run_jobs()
    assert told(client, video["id"])["status"] == states.READY


def _age(video_id: str) -> None:
    with transaction() as session:
        session.get_one(Video, video_id).created_at -= 3600.0


def test_a_piece_that_is_just_coming_is_waited_for(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    video = begin(client, clip.stat().st_size)
    path = files.sent_file(video["upload_url"].rpartition("/")[2])
    path.write_bytes(clip.read_bytes())  # of which it is not known yet whether it comes to its checksum
    _age(video["id"])
    runs.start(video["id"], by="recovery", only_if=runs.StillStuck(600.0, 300.0))
    with locked(path):
        run_jobs()
    row = told(client, video["id"])
    assert (row["status"], row["problem"], row["source_url"]) == (states.PENDING, "temporary_failure", None)


def test_one_whose_upload_is_given_up_says_so(client: CheckedClient) -> None:
    video = begin(client, 1000)
    client.delete(video["upload_url"], headers=VERSION)
    row = told(client, video["id"])
    assert (row["status"], row["problem"]) == (states.FAILED, "upload_given_up")
    assert "given up" in row["problem_text"]


def test_one_whose_file_is_gone_says_so(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    video_id = send_whole(client, clip)
    with transaction() as session:
        files.sent_file(session.get_one(Video, video_id).upload_id or "").unlink()
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"]) == (states.FAILED, "file_gone")
