"""Files are handed out in parts, so that players can seek and downloads go on where they broke off."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import transaction
from models import Episode, Transcript, User
from services.episodes import files
from tests.episodes.rows import CONTENT, an_episode_of, put

URL = "/media/episodes/a-talk/source.mp4"
SIZE = len(CONTENT)


@pytest.fixture(autouse=True)
def ids(owner: User) -> dict[str, Any]:
    return an_episode_of(owner.id)


def keep(name: str, content: bytes = CONTENT) -> None:
    """A file that the rows of the episode tell of."""
    put(files.key_of("a-talk", name), content)
    with transaction() as session:
        session.get_one(Episode, "a-talk").web_key = files.key_of("a-talk", name)
        row = {"engine": "test", "segments": [], "text": "", "created_at": 1.0}
        session.merge(Transcript(episode_id="a-talk", **row))


def test_it_hands_out_all_of_a_file(client: FlaskClient) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer.data, answer.content_length) == (200, CONTENT, SIZE)
    assert (answer.content_type, answer.headers["Accept-Ranges"]) == ("video/mp4", "bytes")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=10000-", 10000, SIZE),
        ("bytes=-40", SIZE - 40, SIZE),
        (f"bytes=0-{SIZE + 99}", 0, SIZE),
    ],
)
def test_it_hands_out_a_part(client: FlaskClient, asked: str, start: int, stop: int) -> None:
    answer = client.get(URL, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, CONTENT[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.content_length == stop - start


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999-100000"])
def test_it_refuses_a_part_that_there_is_not(client: FlaskClient, asked: str) -> None:
    answer = client.get(URL, headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("asked", ["bytes=5-1", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "nonsense"])
def test_it_answers_what_it_does_not_understand_with_all(client: FlaskClient, asked: str) -> None:
    answer = client.get(URL, headers={"Range": asked})
    assert (answer.status_code, len(answer.data)) == (200, SIZE)


def test_it_sends_nothing_that_is_there_already(client: FlaskClient) -> None:
    tag = client.get(URL).headers["ETag"]
    answer = client.get(URL, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_download_goes_on_only_if_the_file_is_the_same(client: FlaskClient) -> None:
    tag, part = client.get(URL).headers["ETag"], {"Range": "bytes=5-"}
    assert client.get(URL, headers={**part, "If-Range": tag}).data == CONTENT[5:]
    put(files.key_of("a-talk", "source.mp4"), b"another file")
    answer = client.get(URL, headers={**part, "If-Range": tag})
    assert (answer.status_code, answer.data) == (200, b"another file")
    assert answer.headers["ETag"] != tag


def test_it_tells_of_a_file_without_sending_it(client: FlaskClient) -> None:
    answer = client.head(URL)
    assert (answer.status_code, answer.content_length, answer.data) == (200, SIZE, b"")
    assert answer.headers["ETag"]


def test_a_player_that_asks_for_all_that_follows_gets_some_of_it(client: FlaskClient) -> None:
    much = 5 * 1024 * 1024
    keep("web.mp4", bytes(much))
    url, headers = "/media/episodes/a-talk/web.mp4", {"Range": "bytes=0-", "Sec-Fetch-Dest": "video"}
    answer = client.get(url, headers=headers)
    assert answer.headers["Content-Range"] == f"bytes 0-4194303/{much}"
    assert client.get(url, headers={"Range": "bytes=0-"}).content_length == much


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("poster.jpg", "image/jpeg"),
        ("captions.vtt", "text/vtt; charset=utf-8"),
        ("transcript.txt", "text/plain; charset=utf-8"),
        ("source.mkv", "video/x-matroska"),
    ],
)
def test_it_says_what_a_file_is(client: FlaskClient, name: str, kind: str) -> None:
    keep(name)
    assert client.get(f"/media/episodes/a-talk/{name}").content_type == kind


def test_a_download_has_a_name_for_people(client: FlaskClient) -> None:
    answer = client.get(f"{URL}?download=1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="A talk source.mp4"'


def test_what_is_of_no_known_kind_is_never_shown(client: FlaskClient) -> None:
    keep("page.html", b"<script>alert(1)</script>")
    answer = client.get("/media/episodes/a-talk/page.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content_type == "application/octet-stream"


def test_it_hands_out_the_files_of_clips(client: FlaskClient, ids: dict[str, Any]) -> None:
    url = f"/media/clips/{ids['clip']}/{ids['rendition']}"
    assert (client.get(url).content_type, client.get(f"{url}?poster=True").content_type) == ("video/mp4", "image/jpeg")
    by_name = client.get(f"/media/episodes/a-talk/clips/{ids['clip']}/clean-9x16.mp4")
    assert by_name.data == client.get(url).data
    assert client.get(f"/media/clips/{ids['clip'] + 1}/{ids['rendition']}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "a-talk/missing.mp4",
        "a-talk/%2e%2e/%2e%2e/secret",
        "a-talk/../../data/secret_key",
        "a-talk/clips",
        "nobody/x.mp4",
        "a-talk/source.mp4/x",
        f"a-talk/{'x' * 300}",
    ],
)
def test_it_hands_out_nothing_else(client: FlaskClient, path: str) -> None:
    assert client.get(f"/media/episodes/{path}").status_code == 404


@pytest.mark.parametrize("name", ["web.mp4", "captions.vtt", "clips/99/clean-9x16.mp4"])
def test_it_hands_out_nothing_that_another_episode_has_left(client: FlaskClient, name: str) -> None:
    put(files.key_of("a-talk", name))
    assert client.get(f"/media/episodes/a-talk/{name}").status_code == 404


def test_browsers_may_play_it_on_our_pages(client: FlaskClient) -> None:
    assert "media-src 'self'" in client.get(URL).headers["Content-Security-Policy"]
