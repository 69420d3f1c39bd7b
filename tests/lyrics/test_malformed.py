"""What is not LRCLIB's answer is a temporary failure with a clear message, never a song without lyrics."""

import gzip
import json

import pytest

from clients.lrclib import MAX_ANSWER_BYTES, LrclibClient
from errors import TransientError
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer

RECORD = {"id": 1, "trackName": "Amazing Grace", "artistName": "John Newton"}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "Invalid JSON"),
        (b"<html>", "Invalid JSON"),
        (b'[{"id": 1', "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"{}", "valid array"),
        (b"[7]", "0: Input should be an object"),
        (b"[{}]", "0.id: Field required"),
        (json.dumps([RECORD | {"plainLyrics": 7}]).encode(), "0.plainLyrics: Input should be a valid string"),
        (json.dumps([RECORD | {"duration": float("nan")}]).encode(), "0.duration"),
    ],
)
def test_it_refuses_what_is_no_list_of_records(
    server: LrclibServer, client: LrclibClient, body: bytes, complaint: str
) -> None:
    server.lasting_fault = Fault(body=body)
    with pytest.raises(TransientError, match=complaint):
        client.search("John Newton", "Amazing Grace")
    assert len(server.requests) == 1


def test_it_accepts_the_nulls_that_lrclib_sends(server: LrclibServer, client: LrclibClient) -> None:
    nulls = dict.fromkeys(("albumName", "duration", "plainLyrics", "syncedLyrics"))
    server.lasting_fault = Fault(body=json.dumps([RECORD | nulls]).encode())
    assert client.search("John Newton", "Amazing Grace")[0].album == ""


def test_it_does_not_take_another_servers_404_for_a_missing_track(server: LrclibServer, client: LrclibClient) -> None:
    server.lasting_fault = Fault(404, body=b"<h1>Not Found</h1>")
    with pytest.raises(TransientError, match=r"status 404.*check LRCLIB_URL"):
        client.get("John Newton", "Amazing Grace", "Olney Hymns", 180)


def test_it_does_not_read_an_endless_answer(server: LrclibServer, client: LrclibClient) -> None:
    bomb = gzip.compress(b" " * (MAX_ANSWER_BYTES + 1))
    server.lasting_fault = Fault(headers={"Content-Encoding": "gzip"}, body=bomb)
    with pytest.raises(TransientError, match="longer than 4 MiB"):
        client.search("John Newton", "Amazing Grace")


def test_it_refuses_a_broken_compression(server: LrclibServer, client: LrclibClient) -> None:
    server.lasting_fault = Fault(headers={"Content-Encoding": "gzip"}, body=b"plain")
    with pytest.raises(TransientError, match="cannot be decoded"):
        client.search("John Newton", "Amazing Grace")


def test_it_follows_no_redirect(server: LrclibServer, client: LrclibClient) -> None:
    with LrclibServer() as other:
        server.lasting_fault = Fault(302, {"Location": f"{other.url}/api/search"})
        with pytest.raises(TransientError, match=r"redirect \(302\)"):
            client.search("John Newton", "Amazing Grace")
        assert other.requests == []


def test_it_tells_no_address(server: LrclibServer, client: LrclibClient) -> None:
    server.lasting_fault = Fault(500)
    with pytest.raises(TransientError) as caught:
        client.search("John Newton", "Amazing Grace")
    assert "127.0.0.1" not in caught.value.message
