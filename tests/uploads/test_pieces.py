"""Pieces come one behind the other; the last makes an episode of them."""

import pytest

from extensions import current_settings
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh, job_of
from tests.uploads.conftest import Tus


def test_pieces_become_an_episode(tus: Tus, video: bytes, run_jobs: RunJobs) -> None:
    address = tus.begin(len(video), filename="C:\\films\\Über uns.mp4", title="On rivers", id="ep_7")
    half = len(video) // 2
    first = tus.send(address, 0, video[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    assert "Upload-Expires" in first.headers
    last = tus.send(address, half, video[half:])
    assert (last.status_code, last.headers["Backbeat-Episode-Id"]) == (204, "ep_7")
    run_jobs()
    assert (fresh("ep_7").arrival, fresh("ep_7").title, fresh("ep_7").file_name) == (
        "ready",
        "On rivers",
        "Über uns.mp4",
    )
    assert job_of("ep_7").id == last.headers["Backbeat-Job-Id"]
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_the_first_piece_may_come_with_the_creation(tus: Tus, video: bytes, run_jobs: RunJobs) -> None:
    answer = tus.create(len(video), data=video[:1000], filename="a.mp4")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "1000")
    tus.send(answer.headers["Location"], 1000, video[1000:])
    run_jobs()
    assert fresh("a").arrival == "ready"


def test_it_tells_how_far_an_upload_is(tus: Tus) -> None:
    address = tus.begin(10)
    tus.send(address, 0, b"abc")
    told = tus.head(address)
    assert (told.headers["Upload-Offset"], told.headers["Upload-Length"]) == ("3", "10")
    assert (told.headers["Cache-Control"], told.headers["Tus-Resumable"]) == ("no-store", "1.0.0")


@pytest.mark.parametrize("offset", [0, 2, 4, 99])
def test_a_piece_that_begins_elsewhere_changes_nothing(tus: Tus, offset: int) -> None:
    address = tus.begin(10)
    tus.send(address, 0, b"abc")
    answer = tus.send(address, offset, b"xyz")
    assert (answer.status_code, answer.json["error"], answer.json["details"]) == (409, "wrong_offset", {"offset": 3})
    assert tus.offset(address) == 3


def test_the_last_piece_told_twice_makes_one_episode(tus: Tus, video: bytes, run_jobs: RunJobs) -> None:
    address = tus.begin(len(video))
    tus.send(address, 0, video)
    assert tus.send(address, 0, video).status_code == 409
    again = tus.send(address, len(video), b"")
    assert (again.status_code, again.headers["Backbeat-Episode-Id"]) == (204, "a")
    run_jobs()
    assert tus.offset(address) == len(video)
    assert len(tus.client.get("/api/episodes").json["episodes"]) == 1


def test_more_than_was_spoken_of_is_refused(tus: Tus) -> None:
    address = tus.begin(5)
    assert tus.send(address, 0, b"123456").status_code == 413
    assert tus.offset(address) == 0


def test_an_empty_file_is_an_episode_that_says_so(tus: Tus, run_jobs: RunJobs) -> None:
    assert tus.create(0, filename="a.mp4").status_code == 201
    run_jobs()
    assert fresh("a").problem == "empty_file"


def test_bytes_are_not_lost_to_an_id_that_was_taken_meanwhile(tus: Tus, video: bytes) -> None:
    first, second = tus.begin(len(video), id="one"), tus.begin(len(video), id="one")
    tus.send(first, 0, video)
    assert tus.send(second, 0, video).headers["Backbeat-Episode-Id"] == "a"


def test_one_that_is_given_up_is_gone(tus: Tus) -> None:
    address = tus.begin(10)
    assert tus.client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert tus.head(address).status_code == 404
    assert tus.send(address, 0, b"abc").status_code == 404
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_one_that_is_an_episode_is_not_given_up(tus: Tus, video: bytes) -> None:
    address = tus.begin(len(video))
    tus.send(address, 0, video)
    assert tus.client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 409
