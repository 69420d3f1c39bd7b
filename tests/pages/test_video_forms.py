import io

from flask.testing import FlaskClient

from blueprints.bodies import MEBIBYTE
from extensions import db
from models import Job, Video
from services.videos import states
from tests.pages.browser import Browser
from tests.videos.rows import a_video

VIDEOS = "/library/videos"


def runs() -> list[str | None]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Job.target_id).where(Job.type == "process_video")))


def test_a_file_sent_with_a_form_is_taken_in_and_processed(client: FlaskClient) -> None:
    sent = {"files": (io.BytesIO(b"some bytes"), "Harbour.mp4")}
    answer = client.post(f"{VIDEOS}/upload", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    video_id = answer.location.rpartition("/")[2]
    assert db.session.get_one(Video, video_id).file_name == "Harbour.mp4"
    assert runs() == [video_id]


def test_a_file_may_be_larger_than_what_a_plain_form_may_bring(client: FlaskClient) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="Harbour.mp4"\r\n\r\n'
    body = head + bytes(3 * MEBIBYTE) + b"\r\n--b--\r\n"
    answer = client.post(f"{VIDEOS}/upload", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303


def test_several_files_come_back_to_the_list(client: FlaskClient) -> None:
    sent = {"files": [(io.BytesIO(b"some bytes"), "a.mp4"), (io.BytesIO(b"some bytes"), "b.mp4")]}
    answer = client.post(f"{VIDEOS}/upload", data=sent, content_type="multipart/form-data", follow_redirects=True)
    assert "2 videos are being processed." in answer.text


def test_a_form_without_a_file_says_so(client: FlaskClient) -> None:
    answer = client.post(f"{VIDEOS}/upload", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose one first." in answer.text


def test_one_that_failed_is_processed_again_once(client: FlaskClient) -> None:
    video_id = a_video(status=states.FAILED, problem="not_a_video", problem_text="The file is no video.")
    for _ in range(2):
        assert client.post(f"{VIDEOS}/{video_id}/process").location == f"{VIDEOS}/{video_id}"
    assert runs() == [video_id]


def test_one_whose_file_is_on_its_way_is_not(client: FlaskClient) -> None:
    video_id = a_video(status=states.UPLOADING)
    answer = client.post(f"{VIDEOS}/{video_id}/process", follow_redirects=True)
    assert "not all here yet" in answer.text
    assert runs() == []


def test_one_is_deleted(client: FlaskClient) -> None:
    video_id = a_video()
    assert client.post(f"{VIDEOS}/{video_id}/delete").location == VIDEOS
    db.session.rollback()
    assert db.session.get(Video, video_id) is None


def test_nobody_sees_or_touches_what_is_somebody_elses(bobs: Browser) -> None:
    video_id = a_video()
    bobs.open(f"{VIDEOS}/{video_id}", 404)
    bobs.send(f"{VIDEOS}/{video_id}/delete", 404)
    assert db.session.get(Video, video_id) is not None
