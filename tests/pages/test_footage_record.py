import pytest

import clock
from clients.public_address import MAX_URL_CHARS
from models import User
from services.footage import sessions, states
from tests.pages import footage_rows
from tests.pages.conftest import Open

RECORD = "/library/footage/AF0001"


def test_it_shows_what_its_file_is(open_page: Open) -> None:
    footage_rows.footage()
    text = open_page(RECORD).text
    for words in ("AF0001", "1:23", "12 MB", "1280×720", "25 frames a second", "h264 and aac", "10:00:00:00"):
        assert words in text


def test_it_plays_from_each_frame_and_says_what_is_seen_and_heard(open_page: Open) -> None:
    footage_rows.footage(status=states.COMPLETE)
    footage_rows.frame("AF0001", 2, status=states.FRAME_COMPLETE)
    page = open_page(RECORD)
    assert page.all("video", src="/media/footage/AF0001/source.mp4")
    assert page.all("a", href="?t=15.00#player", data_seek="15.00")
    assert page.all("img", src="/media/footage/AF0001/frames/0002.jpg")
    assert "mostly blue and grey" in page.text
    assert "The river rises in the hills." in page.text


def test_it_begins_where_the_address_says(open_page: Open) -> None:
    footage_rows.footage()
    assert open_page(f"{RECORD}?t=12.5").all("video", src="/media/footage/AF0001/source.mp4#t=12.50")
    assert open_page(f"{RECORD}?t=nan").all("video", src="/media/footage/AF0001/source.mp4")


def test_it_shows_the_transcript(open_page: Open) -> None:
    footage_rows.footage()
    footage_rows.speech("AF0001", "It is cold there.", "Later it meets the sea.")
    page = open_page(RECORD)
    assert page.all("p", data_start="0.00")
    assert "It is cold there. Later it meets the sea." in page.text


def test_it_says_where_it_stands(open_page: Open) -> None:
    footage_rows.footage()
    (here,) = open_page(RECORD).all("li", aria_current="step")
    assert here["title"] == "The moments worth a look are chosen."


def test_it_says_what_it_waits_for(open_page: Open) -> None:
    footage_rows.footage(
        status=states.AWAITING_USER_INPUT, resume_status=states.CREATING_FRAMES, awaits="Its title says nothing."
    )
    text = open_page(RECORD).text
    assert "It waits for you." in text
    assert "Its title says nothing." in text


def test_it_says_where_and_why_it_failed(open_page: Open) -> None:
    footage_rows.footage(
        status=states.FAILED, resume_status=states.FILE_INFO_COMPLETE, failures=5, error="No picture could be read."
    )
    text = open_page(RECORD).text
    assert "It was set aside at “File info complete” after 5 tries." in text
    assert "No picture could be read." in text


def test_it_tells_its_history_and_that_of_its_frames(open_page: Open) -> None:
    footage_rows.footage()
    footage_rows.event("AF0001", None, states.PENDING_FILE_INFO, note="Taken in.")
    footage_rows.event("AF0001", states.PENDING_FILE_INFO, states.PENDING_FILE_INFO, note="A 503.", is_failure=True)
    footage_rows.event("AF0001", states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE, frame_position=1)
    text = open_page(RECORD).text
    for words in ("Taken in.", "Failed at 0 - Pending File Info A 503.", "History of its frames"):
        assert words in text


@pytest.mark.parametrize("status", [states.CREATING_FRAMES, states.AWAITING_USER_INPUT, states.FAILED])
def test_it_says_that_it_does_not_go_on_before_autolog_runs(open_page: Open, owner: User, status: str) -> None:
    footage_rows.footage(status=status, resume_status=states.CREATING_FRAMES)
    assert "Autolog does not run: it goes on once you start it on the board" in open_page(RECORD).text
    sessions.start(owner.id)
    assert "Autolog does not run" not in open_page(RECORD).text


def test_what_is_complete_waits_for_no_autolog(open_page: Open) -> None:
    footage_rows.footage(status=states.COMPLETE)
    assert "Autolog does not run" not in open_page(RECORD).text


def test_it_promises_no_next_try_while_autolog_does_not_run(open_page: Open, owner: User) -> None:
    footage_rows.footage(failures=2, error="No.", retry_at=clock.now() - 1)
    assert "tried again by itself" not in open_page(RECORD).text
    sessions.start(owner.id)
    assert "tried again by itself" in open_page(RECORD).text


def test_the_addresses_of_pages_are_as_long_as_may_be(open_page: Open) -> None:
    footage_rows.footage()
    for address, name in ((RECORD, "source_url"), ("/library/footage", "new-url")):
        (field,) = open_page(address).all("input", id=name)
        assert field["maxlength"] == str(MAX_URL_CHARS)


def test_there_is_no_page_of_what_is_not_there(open_page: Open) -> None:
    open_page("/library/footage/AF9999", 404)
