from flask.testing import FlaskClient

from models import User
from services.footage import states
from tests.pages import footage_rows
from tests.pages.browser import Browser
from tests.pages.conftest import Open

BOARD = "/library/footage"


def test_it_explains_what_footage_is_while_there_is_none(open_page: Open) -> None:
    assert "No footage yet" in open_page(BOARD).text


def test_it_has_a_column_with_a_count_for_each_status(open_page: Open) -> None:
    footage_rows.footage(status=states.COMPLETE)
    page = open_page(BOARD)
    for number in range(8):
        assert page.all("h2", id=f"column-{number}")
    assert "7 Complete 1 here" in page.text


def test_it_shows_a_record_with_poster_length_and_title(open_page: Open) -> None:
    footage_rows.footage()
    page = open_page(BOARD)
    assert page.all("li", id="card-AF0001")
    assert page.all("a", href="/library/footage/AF0001", title="Boats on a river")
    assert page.all("img", src="/media/footage/AF0001/poster.jpg")
    assert "1:23" in page.text


def test_it_puts_first_what_waits_for_a_person(client: FlaskClient) -> None:
    footage_rows.footage(status=states.AWAITING_USER_INPUT, awaits="Say what it shows.")
    footage_rows.footage("AF0002", status=states.FAILED, error="It is no video.")
    html = client.get(BOARD).text
    assert html.index("card-AF0001") < html.index("card-AF0002") < html.index('id="column-0"')
    assert "Say what it shows." in html
    assert "It is no video." in html


def test_it_says_when_a_failed_step_is_tried_again(open_page: Open) -> None:
    footage_rows.footage(failures=2, retry_at=4_000_000_000.0, error="The site did not answer.")
    text = open_page(BOARD).text
    assert "Failed twice. Next try 2096-10-02 07:06 UTC ." in text
    assert "The site did not answer." in text


def test_it_says_that_the_next_try_waits_for_room(open_page: Open) -> None:
    footage_rows.footage(failures=1, retry_at=1.0, error="The site did not answer.")
    assert "Failed once. Next try as soon as there is room." in open_page(BOARD).text


def test_it_counts_the_frames_of_what_is_looked_at(open_page: Open) -> None:
    footage_rows.footage(status=states.PROCESSING_FRAME_INFO)
    footage_rows.frame("AF0001", 1)
    footage_rows.frame("AF0001", 2, status=states.FRAME_PENDING_THUMBNAIL)
    assert "1 of 2 frames" in open_page(BOARD).text


def test_it_calls_what_has_no_title_by_its_file(open_page: Open) -> None:
    footage_rows.footage(title="")
    assert open_page(BOARD).all("a", title="boats.mp4")


def test_it_is_in_the_navigation(client: FlaskClient) -> None:
    assert '<a href="/library/footage"' in client.get("/").text


def test_it_costs_next_to_nothing_while_nothing_has_changed(client: FlaskClient) -> None:
    footage_rows.footage()
    first = client.get(BOARD)
    assert client.get(BOARD, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_others_see_neither_board_nor_record(bobs: Browser, ada: User) -> None:
    footage_rows.footage(owner_id=ada.id)
    assert "No footage yet" in bobs.open(BOARD).text
    bobs.open(f"{BOARD}?owner={ada.id}", 404)
    bobs.open(f"{BOARD}/AF0001", 404)


def test_only_operators_start_the_poller(bobs: Browser, bob: User) -> None:
    footage_rows.footage(owner_id=bob.id)
    page = bobs.open(BOARD)
    assert "once an operator starts it" in page.text
    assert not page.all("form", action=f"{BOARD}/autolog")
    bobs.send(f"{BOARD}/autolog", 403)
