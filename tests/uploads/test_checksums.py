"""Pieces that are held against the checksum that came with them (tus 1.0.0, extension `checksum`)."""

import base64
import hashlib

import pytest

from services import resumable
from tests.uploads.conftest import URL, Tus

PIECE = b"a piece of a film"


def said(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_it_takes_a_piece_that_comes_to_its_checksum(tus: Tus, algorithm: str) -> None:
    address = tus.begin(100)
    answer = tus.send(address, 0, PIECE, **{"Upload-Checksum": said(algorithm, PIECE)})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(PIECE)))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_it_keeps_nothing_of_a_piece_that_was_changed_on_its_way(tus: Tus, algorithm: str) -> None:
    address = tus.begin(100)
    tus.send(address, 0, PIECE)
    answer = tus.send(address, len(PIECE), PIECE.upper(), **{"Upload-Checksum": said(algorithm, PIECE)})
    assert (answer.status_code, answer.json["error"]) == (460, "checksum_mismatch")
    assert tus.offset(address) == len(PIECE)
    assert resumable.path_of(address.rpartition("/")[2]).read_bytes() == PIECE


def test_the_right_piece_is_taken_after_a_wrong_one(tus: Tus) -> None:
    address, headers = tus.begin(100), {"Upload-Checksum": said("sha1", PIECE)}
    assert tus.send(address, 0, PIECE.upper(), **headers).status_code == 460
    assert tus.send(address, 0, PIECE, **headers).status_code == 204


def test_a_last_piece_that_is_wrong_makes_nothing_of_the_upload(tus: Tus) -> None:
    address = tus.begin(len(PIECE))
    answer = tus.send(address, 0, PIECE.upper(), **{"Upload-Checksum": said("sha1", PIECE)})
    assert answer.status_code == 460
    assert "Backbeat-Episode-Id" not in tus.head(address).headers


def test_a_first_piece_is_held_against_its_checksum_too(tus: Tus) -> None:
    answer = tus.create(100, data=PIECE, filename="a.mp4", headers={"Upload-Checksum": said("sha1", b"another")})
    assert (answer.status_code, answer.json["error"]) == (460, "checksum_mismatch")


def test_it_knows_three_kinds_of_checksums(tus: Tus) -> None:
    answer = tus.send(tus.begin(100), 0, PIECE, **{"Upload-Checksum": "crc32 AAAAAA=="})
    assert (answer.status_code, answer.json["error"]) == (400, "unknown_checksum")
    assert answer.json["details"] == {"Upload-Checksum": "sha1,sha256,md5"}


@pytest.mark.parametrize("value", ["sha1", "sha1 ###", "sha1 AAAA", "sha1  ", "sha256 " + "A" * 44 + "===="])
def test_a_checksum_can_be_read(tus: Tus, value: str) -> None:
    answer = tus.send(tus.begin(100), 0, PIECE, **{"Upload-Checksum": value})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["Upload-Checksum"])


def test_an_unknown_kind_is_refused_before_an_upload_begins(tus: Tus) -> None:
    answer = tus.client.post(
        URL,
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Checksum": "crc32 AAAAAA=="},
    )
    assert answer.status_code == 400
