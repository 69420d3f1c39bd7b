"""A request brings no more than there is room for, whatever it asks for and however it hides its length."""

import re
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from blueprints.bodies import MAX_READ_OFF_BYTES, PIECES, PLAIN, UPLOADS
from services.library import songs
from tests.api.client import CheckedClient

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
TOO_MUCH = PLAIN.body_bytes + 1
FIELD = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n%s\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%d.txt"\r\n\r\n%s\r\n'


def _post_chunked(client: CheckedClient, path: str, content_type: str, body: bytes) -> Any:
    chunked = {"wsgi.input_terminated": True, "wsgi.input": BytesIO(body), "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.post(path, environ_overrides={"CONTENT_TYPE": content_type, **chunked})


def test_no_endpoint_but_those_for_files_takes_more_than_two_mebibytes(app: Flask, client: CheckedClient) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in UPLOADS | PIECES]
    for rule in rules:
        path = re.sub("<[^>]+>", "1", rule.rule)
        for method in rule.methods or ():
            answer = client.open(path, method=method, environ_overrides={"CONTENT_LENGTH": str(TOO_MUCH)})
            assert answer.status_code == 413, (method, path)
    assert len(rules) > 80


def test_an_address_that_there_is_not_takes_no_more_either(client: CheckedClient) -> None:
    assert client.post("/api/nothing", environ_overrides={"CONTENT_LENGTH": str(TOO_MUCH)}).status_code == 413


def test_what_is_a_little_too_much_is_read_off_so_that_the_answer_arrives(client: CheckedClient) -> None:
    for size, is_read_off in ((TOO_MUCH, True), (MAX_READ_OFF_BYTES + 1, False)):
        body = BytesIO(bytes(size))
        told = {"CONTENT_LENGTH": str(size), "wsgi.input": body}
        assert client.post("/api/songs", environ_overrides=told).status_code == 413
        assert (body.tell() == size) == is_read_off


def test_the_endpoints_for_files_are_there(app: Flask) -> None:
    assert app.view_functions.keys() >= UPLOADS


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/api/songs", "application/json", b'{"title": "x"}'.ljust(TOO_MUCH)),
        ("/songs/new", FORM, b"title=x&lyrics=".ljust(TOO_MUCH, b"a")),
        ("/songs/new", MULTIPART, FIELD % b"a".ljust(TOO_MUCH, b"a")),
    ],
)
def test_a_body_that_hides_its_length_is_refused_and_not_cut(
    client: CheckedClient, path: str, content_type: str, body: bytes
) -> None:
    answer = _post_chunked(client, path, content_type, body)
    assert answer.status_code == 413
    assert client.get("/api/songs").json["songs"] == []


def test_a_form_of_too_many_fields_is_refused(client: CheckedClient) -> None:
    assert client.post("/songs/new", data=b"a&" * 1_000_000, content_type=FORM).status_code == 413


def test_a_form_of_too_many_parts_is_refused(client: CheckedClient) -> None:
    assert client.post("/songs/new", data=FIELD % b"" * 20_001, content_type=MULTIPART).status_code == 413
    assert client.post("/api/import", data=FIELD % b"" * 20_001, content_type=MULTIPART).status_code == 413


def test_what_is_sent_beside_the_files_is_short(client: CheckedClient) -> None:
    body = FIELD % (b"a" * 200_000) * 50 + FILE % (1, b"la") + b"--b--\r\n"
    assert client.post("/api/import", data=body, content_type=MULTIPART).status_code == 413


def test_a_form_of_just_two_mebibytes_is_taken_whole(client: CheckedClient) -> None:
    body = b"title=x&artist=y&lyrics=la".ljust(PLAIN.body_bytes, b"+")
    answer = _post_chunked(client, "/songs/new", FORM, body)
    assert answer.status_code == 303
    assert songs.get_song(1).lyrics == "la"


def test_many_files_are_kept_whole_and_not_in_memory(app: Flask, client: CheckedClient) -> None:
    files = {n: b"%d " % n * 40_000 for n in range(60)}
    body = b"".join(FILE % (n, text) for n, text in files.items()) + b"--b--\r\n"
    tracemalloc.start()
    answer = _post_chunked(client, "/api/import", MULTIPART, body)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 202, answer.text
    uploads = app.extensions["backbeat_settings"].uploads_dir
    folder = uploads / answer.json["job_id"]
    assert {n: (folder / str(n)).read_bytes() for n in files} == files
    assert [path.name for path in uploads.iterdir()] == [folder.name]
    assert peak_bytes < len(body) / 2
