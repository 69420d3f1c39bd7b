import pytest
from flask.testing import FlaskClient

from extensions import db
from services.jobs.submit import submit
from services.videos import states
from tests.pages.conftest import Open
from tests.past import statements
from tests.videos.rows import a_video

LIST = "/library/videos"


def test_it_lists_what_stands_at_a_status(open_page: Open) -> None:
    waiting, ready = a_video(), a_video(status=states.READY)
    page = open_page(f"{LIST}?status=ready")
    assert page.all("tr", id=f"video-{ready}")
    assert not page.all("tr", id=f"video-{waiting}")
    assert "All 2 Pending 1 Ready 1" in page.text


def test_it_finds_by_name_and_file(open_page: Open) -> None:
    harbour, goats = a_video(), a_video(name="Goats on a hill", file_name="MOV_0007.mov")
    assert open_page(f"{LIST}?q=goats").all("tr", id=f"video-{goats}")
    assert not open_page(f"{LIST}?q=mov_0007").all("tr", id=f"video-{harbour}")
    assert "No video is like that" in open_page(f"{LIST}?q=cats").text


def test_it_refuses_a_status_that_there_is_not(open_page: Open) -> None:
    assert "There is no status" in open_page(f"{LIST}?status=9", 422).text


def test_it_turns_pages(open_page: Open) -> None:
    for number in range(1, 52):
        a_video(id=f"video-{number}", created_at=float(number))
    first = open_page(LIST)
    assert len(first.all("a", class_="song-title")) == 50
    (link,) = first.all("a", rel="next")
    assert open_page(link["href"]).all("tr", id="video-video-1")


def test_it_has_a_live_bar_where_a_run_is_live(open_page: Open) -> None:
    video_id = a_video()
    job_id = submit("process_video", target_type="video", target_id=video_id, title="Harbour").job_id
    assert open_page(LIST).all("div", id=f"at-{video_id}", data_job_id=job_id)


def test_it_tells_why_one_failed(open_page: Open) -> None:
    a_video(status=states.FAILED, problem="not_a_video", problem_text="The file is no video.")
    assert "The file is no video." in open_page(LIST).text


def test_an_empty_list_says_what_to_do(open_page: Open) -> None:
    page = open_page(LIST)
    assert "No videos yet" in page.text
    assert page.all("form", action=f"{LIST}/upload")


@pytest.mark.usefixtures("slow_machine")
def test_many_cost_as_many_statements_as_few(client: FlaskClient) -> None:
    a_video(status=states.UPLOADING)
    client.get(LIST)
    db.session.expunge_all()
    with statements() as few:
        client.get(LIST)
    for _ in range(40):
        a_video(status=states.UPLOADING)
    db.session.expunge_all()
    with statements() as many:
        assert client.get(LIST).status_code == 200
    assert len(many) == len(few)
