"""Browsers keep scripts and styles for as long as these stay what they are, and not for longer."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def script(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A file of a static folder that a test may change."""
    folder = app.static_folder
    (tmp_path / "static").mkdir()
    app.static_folder = str(tmp_path / "static")
    file = tmp_path / "static" / "a.js"
    file.write_text("one()")
    yield file
    app.static_folder = folder


def address_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def cache_control(client: FlaskClient, address: str) -> str:
    with client.get(address) as answer:
        return answer.headers["Cache-Control"]


def test_what_pages_are_made_of_is_kept_for_good(client: FlaskClient) -> None:
    addresses = re.findall(r'(?:src|href)="(/[^"#]*static/[^"#]+)', client.get("/").text)
    assert len(addresses) > 8
    assert {cache_control(client, address.replace("&amp;", "&")) for address in addresses} == {FOR_GOOD}


def test_an_address_without_a_hash_is_asked_for_again(client: FlaskClient) -> None:
    with client.get("/static/css/backbeat.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        tag = answer.headers["ETag"]
    with client.get("/static/css/backbeat.css", headers={"If-None-Match": tag}) as answer:
        assert answer.status_code == 304


def test_the_hash_of_another_version_is_not_kept(client: FlaskClient) -> None:
    assert cache_control(client, "/static/css/backbeat.css?v=0123456789ab") == "no-cache"


def test_a_changed_file_has_another_address(app: Flask, script: Path) -> None:
    before = address_of(app, "a.js")
    script.write_text("two()")
    os.utime(script, ns=(1, 1))
    assert address_of(app, "a.js") != before
    assert cache_control(app.test_client(), before) == "no-cache"


def test_equal_files_have_equal_addresses_on_every_host(app: Flask, script: Path) -> None:
    before = address_of(app, "a.js")
    os.utime(script, ns=(1, 1))
    assert address_of(app, "a.js") == before


@pytest.mark.parametrize("name", ["nothing.js", "../config.py", "css"])
def test_what_is_no_file_has_no_hash(app: Flask, client: FlaskClient, name: str) -> None:
    assert "v=" not in address_of(app, name)
    assert "max-age" not in client.get(f"/static/{name}?v=0123456789ab").headers.get("Cache-Control", "")


def test_an_answer_that_is_kept_is_nobodys_own(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["something"] = "of one person"
    with client.get(address_of(app, "css/backbeat.css")) as answer:
        assert answer.headers["Cache-Control"] == FOR_GOOD
        assert "Set-Cookie" not in answer.headers
