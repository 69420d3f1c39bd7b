"""The files of footage are handed out in parts, and only those that its rows tell of."""

import pytest
from flask.testing import FlaskClient

from models import User
from tests.episodes.rows import CONTENT, put
from tests.pages import footage_rows

URL = "/media/footage/AF0001"
SIZE = len(CONTENT)


@pytest.fixture(autouse=True)
def _with_files(owner: User) -> None:
    footage_rows.footage()
    footage_rows.frame("AF0001", 1)
    for name in ("source.mp4", "poster.jpg", "frames/0001.jpg", "frames/0002.jpg"):
        put(f"footage/AF0001/{name}")


@pytest.mark.parametrize(
    ("name", "kind"), [("source.mp4", "video/mp4"), ("poster.jpg", "image/jpeg"), ("frames/0001.jpg", "image/jpeg")]
)
def test_it_hands_out_all_of_a_file(client: FlaskClient, name: str, kind: str) -> None:
    answer = client.get(f"{URL}/{name}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, CONTENT, kind)


def test_it_hands_out_a_part(client: FlaskClient) -> None:
    answer = client.get(f"{URL}/source.mp4", headers={"Range": "bytes=100-199"})
    assert (answer.status_code, answer.data) == (206, CONTENT[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{SIZE}"


def test_it_does_not_send_again_what_the_asker_has(client: FlaskClient) -> None:
    tag = client.get(f"{URL}/poster.jpg").headers["ETag"]
    assert client.get(f"{URL}/poster.jpg", headers={"If-None-Match": tag}).status_code == 304


def test_a_download_is_called_by_the_title(client: FlaskClient) -> None:
    answer = client.get(f"{URL}/frames/0001.jpg?download")
    assert 'filename="Boats on a river frames 0001.jpg"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["frames/0002.jpg", "sheet.jpg", "../AF0001/poster.jpg", "frames/../poster.jpg"])
def test_it_hands_out_nothing_that_no_row_tells_of(client: FlaskClient, name: str) -> None:
    assert client.get(f"{URL}/{name}").status_code == 404


def test_there_is_nothing_of_no_footage(client: FlaskClient) -> None:
    assert client.get("/media/footage/AF0002/poster.jpg").status_code == 404
