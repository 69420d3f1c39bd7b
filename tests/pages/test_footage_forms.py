import io

import pytest
from flask.testing import FlaskClient

from blueprints.bodies import MEBIBYTE
from extensions import current_settings, db
from models import Footage, Job, User
from services.footage import sessions, states
from tests.pages import footage_rows
from tests.pages.browser import Browser
from tests.pages.conftest import Open

BOARD = "/library/footage"
RECORD = f"{BOARD}/AF0001"


def kept(footage_id: str = "AF0001") -> Footage:
    db.session.rollback()
    return db.session.get_one(Footage, footage_id, populate_existing=True)


def metadata(**fields: str) -> dict[str, str]:
    return {"title": "Boats", "description": "", "keywords": "", "source_url": ""} | fields


def test_a_file_sent_with_a_form_is_taken_in(client: FlaskClient) -> None:
    sent = {"files": (io.BytesIO(b"some bytes"), "Boats.mp4")}
    answer = client.post(f"{BOARD}/upload", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, BOARD)
    assert kept().file_name == "Boats.mp4"


def test_a_file_may_be_larger_than_what_a_plain_form_may_bring(client: FlaskClient) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="Boats.mp4"\r\n\r\n'
    body = head + bytes(3 * MEBIBYTE) + b"\r\n--b--\r\n"
    answer = client.post(f"{BOARD}/upload", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303
    assert (current_settings().uploads_dir / str(kept().source).removeprefix("upload:")).stat().st_size == 3 * MEBIBYTE


def test_of_several_files_those_that_can_be_taken_are(client: FlaskClient) -> None:
    names = ("Boats.mp4", "Clouds\0.mp4", "Cranes.mp4")
    parts = [f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\nx\r\n' for name in names]
    body = "".join([*parts, "--b--\r\n"])
    answer = client.post(
        f"{BOARD}/upload", data=body, content_type="multipart/form-data; boundary=b", follow_redirects=True
    )
    assert "2 clips taken in." in answer.text
    assert "“Clouds.mp4” was not taken in: In the file, a NUL character is not allowed." in answer.text
    db.session.rollback()
    assert {row.file_name for row in db.session.query(Footage)} == {"Boats.mp4", "Cranes.mp4"}


def test_a_form_without_a_file_says_so(client: FlaskClient) -> None:
    answer = client.post(f"{BOARD}/upload", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose one first." in answer.text


def test_an_address_is_taken_in_with_a_title_and_a_page(client: FlaskClient) -> None:
    fields = {"source": "https://8.8.8.8/a.mp4", "title": "Boats", "source_url": "https://8.8.8.8/boats"}
    assert client.post(f"{BOARD}/add", data=fields).status_code == 303
    assert (kept().title, kept().source_url) == ("Boats", "https://8.8.8.8/boats")


def test_what_is_there_already_is_linked(client: FlaskClient, owner: User) -> None:
    fields = {"source": "https://8.8.8.8/a.mp4"}
    client.post(f"{BOARD}/add", data=fields)
    answer = client.post(f"{BOARD}/add", data=fields)
    assert answer.status_code == 409
    assert '<a href="/library/footage/AF0001">Open it</a>' in answer.text


def test_a_refused_path_comes_back_as_it_was_typed(client: FlaskClient) -> None:
    answer = client.post(f"{BOARD}/add", data={"source": "/no/such.mp4", "title": "Boats & more"})
    assert answer.status_code == 422
    assert 'value="/no/such.mp4"' in answer.text
    assert 'value="Boats &amp; more"' in answer.text


def test_metadata_is_saved(client: FlaskClient) -> None:
    footage_rows.footage(title="IMG_0042")
    fields = metadata(title="Boats on the Elbe", description="Two boats.", keywords="boats, river; boats")
    assert client.post(f"{RECORD}/edit", data=fields).status_code == 303
    assert (kept().title, kept().description, kept().keywords) == (
        "Boats on the Elbe",
        "Two boats.",
        ["boats", "river"],
    )
    assert kept().metadata_at is not None


def test_refused_metadata_comes_back_as_it_was_typed(client: FlaskClient) -> None:
    footage_rows.footage()
    answer = client.post(f"{RECORD}/edit", data=metadata(title="New", source_url="ftp://example.org"))
    assert answer.status_code == 422
    assert 'value="ftp://example.org"' in answer.text
    assert 'value="New"' in answer.text
    assert kept().title == "Boats on a river"


def test_a_person_may_call_it_good_enough(client: FlaskClient) -> None:
    footage_rows.footage(status=states.AWAITING_USER_INPUT, resume_status=states.CREATING_FRAMES)
    assert "good enough as it is" in client.get(RECORD).text
    assert client.post(f"{RECORD}/good-enough").status_code == 303
    assert (kept().judgement or {})["is_good"] is True
    assert "Good enough, says" in client.get(RECORD).text


def test_what_has_failed_can_be_tried_again(client: FlaskClient) -> None:
    footage_rows.footage(status=states.FAILED, resume_status=states.PENDING_FILE_INFO, error="No.")
    assert f'action="{RECORD}/retry"' in client.get(RECORD).text
    assert client.post(f"{RECORD}/retry").location == RECORD
    assert kept().status == states.PENDING_FILE_INFO
    assert f'action="{RECORD}/retry"' not in client.get(RECORD).text


@pytest.mark.parametrize("form", ["edit", "good-enough", "retry"])
def test_nobody_is_promised_that_it_goes_on_before_autolog_runs(client: FlaskClient, owner: User, form: str) -> None:
    for number in (1, 2):
        status = states.FAILED if form == "retry" else states.AWAITING_USER_INPUT
        footage_rows.footage(f"AF000{number}", status=status, resume_status=states.CREATING_FRAMES)
    idle = client.post(f"{RECORD}/{form}", data=metadata(), follow_redirects=True).text
    assert "Autolog does not run: it goes on once an operator starts it." in idle
    sessions.start(owner.id)
    assert (
        "Autolog does not run" not in client.post(f"{BOARD}/AF0002/{form}", data=metadata(), follow_redirects=True).text
    )


def test_what_has_not_failed_is_not_tried_again(client: FlaskClient) -> None:
    footage_rows.footage(status=states.COMPLETE)
    client.post(f"{RECORD}/retry")
    assert "Nothing of AF0001 has failed" in client.get(RECORD).text


def test_it_is_deleted(client: FlaskClient, open_page: Open) -> None:
    footage_rows.footage()
    assert client.post(f"{RECORD}/delete").location == BOARD
    open_page(RECORD, 404)


def test_autolog_is_started_once(client: FlaskClient) -> None:
    footage_rows.footage()
    assert "Autolog does not run." in client.get(BOARD).text
    client.post(f"{BOARD}/autolog")
    client.post(f"{BOARD}/autolog")
    html = client.get(BOARD).text
    assert "Autolog runs." in html
    assert "is running already" in html
    assert db.session.query(Job).filter_by(type="footage_session").count() == 1


def test_autolog_is_started_from_the_board_of_somebody_else(adas: Browser, bob: User) -> None:
    footage_rows.footage(owner_id=bob.id)
    address = f"{BOARD}?owner={bob.id}"
    assert adas.open(address).all("form", action=f"{BOARD}/autolog?owner={bob.id}")
    assert adas.send(f"{BOARD}/autolog?owner={bob.id}").location == address


@pytest.mark.parametrize(
    ("page", "form", "fields"),
    [(BOARD, f"{BOARD}/add", {"source": "no"}), (RECORD, f"{RECORD}/edit", {"source_url": "ftp://example.org"})],
)
def test_a_page_that_answers_a_refused_form_is_not_read_again(
    client: FlaskClient, page: str, form: str, fields: dict[str, str]
) -> None:
    footage_rows.footage()
    assert "data-answers-form" not in client.get(page).text
    answer = client.post(form, data=fields)
    assert answer.status_code == 422
    assert "data-answers-form" in answer.text
