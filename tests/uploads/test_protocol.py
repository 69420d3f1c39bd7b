"""What tus 1.0.0 asks of headers, and what is refused before a byte is taken."""

from typing import Any

import pytest

from tests.uploads.conftest import PIECE, URL, VERSION, Tus, metadata


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"max_media_mb": 1}


def test_it_tells_what_it_can(tus: Tus) -> None:
    told = tus.client.open(URL, method="OPTIONS")
    assert told.status_code == 204
    assert told.headers["Tus-Version"] == told.headers["Tus-Resumable"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration,checksum"
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"
    assert told.headers["Tus-Max-Size"] == str(1024 * 1024)


@pytest.mark.parametrize("version", ["0.2.2", "1.0", ""])
def test_it_speaks_one_version(tus: Tus, version: str) -> None:
    address = tus.begin(10)
    headers = {"Tus-Resumable": version, "Upload-Offset": "0", "Upload-Length": "10"}
    piece = {"data": b"abc", "content_type": PIECE}
    answers = (
        tus.client.post(URL, headers=headers),
        tus.client.head(address, headers=headers),
        tus.client.patch(address, headers=headers, **piece),
        tus.client.delete(address, headers=headers),
    )
    assert [answer.status_code for answer in answers] == [412] * 4
    assert answers[0].headers["Tus-Version"] == "1.0.0"
    assert tus.offset(address) == 0


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_piece_says_what_it_is(tus: Tus, kind: str) -> None:
    address = tus.begin(10)
    answer = tus.client.patch(address, data=b"abc", content_type=kind, headers=VERSION | {"Upload-Offset": "0"})
    assert (answer.status_code, tus.offset(address)) == (415, 0)


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "x", "٣", "9" * 40])
def test_an_offset_is_a_number(tus: Tus, offset: str) -> None:
    answer = tus.send(tus.begin(10), offset.encode("utf-8").decode("latin-1"), b"abc")
    assert (answer.status_code, list(answer.json["details"])) == (422, ["Upload-Offset"])


@pytest.mark.parametrize("length", ["", "-1", "x", "9" * 40])
def test_a_length_is_a_number(tus: Tus, length: str) -> None:
    assert list(tus.create(length, filename="a.mp4").json["details"]) == ["Upload-Length"]


def test_a_length_is_said_at_once(tus: Tus) -> None:
    answer = tus.client.post(URL, headers=VERSION | {"Upload-Defer-Length": "1"})
    assert answer.status_code == 422


def test_no_file_is_larger_than_the_settings_allow(tus: Tus) -> None:
    answer = tus.create(1024 * 1024 + 1, filename="a.mp4")
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")


@pytest.mark.parametrize("told", ["filename ###", "filename YQ== YQ==", f"filename {'A' * 9000}", "title /w=="])
def test_metadata_can_be_read(tus: Tus, told: str) -> None:
    answer = tus.create(10, headers={"Upload-Metadata": told})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["Upload-Metadata"])


@pytest.mark.parametrize("told", ["", "filename", "is_confidential,filename YS5tcDQ="])
def test_metadata_may_be_short(tus: Tus, told: str) -> None:
    assert tus.create(10, headers={"Upload-Metadata": told}).status_code == 201


def test_an_id_that_cannot_be_had_is_told_before_a_byte_is_sent(tus: Tus) -> None:
    assert tus.create(10, headers={"Upload-Metadata": metadata(id="../x")}).status_code == 422
    tus.create(0, filename="a.mp4", id="one")
    assert tus.create(10, headers={"Upload-Metadata": metadata(id="one")}).status_code == 409


def test_there_is_no_other_upload(tus: Tus) -> None:
    for address in (f"{URL}/{'0' * 26}", f"{URL}/x", f"{URL}/..%2f..%2fsecret_key"):
        assert tus.head(address).status_code == 404
        assert tus.send(address, 0, b"abc").status_code == 404
