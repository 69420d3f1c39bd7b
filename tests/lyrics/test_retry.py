"""What passes within seconds is tried again at once; what does not is left to the job's own retry."""

import socket

import pytest

from clients.lrclib import LrclibClient
from clients.peer import retry_after_seconds
from errors import TransientError
from tests.lyrics.conftest import MakeClient
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer

NEW_YEAR_2026 = 1_767_225_600.0


@pytest.mark.parametrize("fault", [Fault(500), Fault(503), Fault(429), Fault(hang_up=True)])
def test_it_tries_again(server: LrclibServer, client: LrclibClient, pauses: list[float], fault: Fault) -> None:
    server.add("Amazing Grace", "John Newton", plainLyrics="Amazing grace!")
    server.faults.extend([fault, fault])
    assert [record.id for record in client.search("John Newton", "Amazing Grace")] == [1]
    assert len(server.requests) == 3
    assert len(pauses) == 2
    assert all(0 < pause <= 5 for pause in pauses)


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(hang_up=True)])
def test_it_gives_up_after_three_tries(server: LrclibServer, client: LrclibClient, fault: Fault) -> None:
    server.lasting_fault = fault
    with pytest.raises(TransientError, match="tried again later"):
        client.search("John Newton", "Amazing Grace")
    assert len(server.requests) == 3


def test_it_gives_up_when_nobody_listens(make_client: MakeClient, pauses: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = make_client(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(TransientError, match="cannot be reached"):
            client.search("John Newton", "Amazing Grace")
    assert len(pauses) == 2


def test_it_waits_as_long_as_the_server_asks(server: LrclibServer, client: LrclibClient, pauses: list[float]) -> None:
    server.faults.append(Fault(429, {"Retry-After": "4"}))
    assert client.search("John Newton", "Amazing Grace") == []
    assert len(pauses) == 1
    assert pauses[0] >= 4


def test_it_hands_a_long_wait_to_the_engine(server: LrclibServer, client: LrclibClient, pauses: list[float]) -> None:
    server.faults.append(Fault(429, {"Retry-After": "90"}))
    with pytest.raises(TransientError) as caught:
        client.search("John Newton", "Amazing Grace")
    assert caught.value.retry_after_seconds == 90
    assert len(server.requests) == 1
    assert pauses == []


def test_it_does_not_try_again_past_the_total_limit(
    server: LrclibServer, make_client: MakeClient, pauses: list[float]
) -> None:
    server.lasting_fault = Fault(503, {"Retry-After": "4"})
    with pytest.raises(TransientError):
        make_client(total_seconds=3.0).search("John Newton", "Amazing Grace")
    assert len(server.requests) == 1
    assert pauses == []


def test_it_does_not_repeat_a_request_that_was_refused(server: LrclibServer, client: LrclibClient) -> None:
    server.lasting_fault = Fault(400)
    with pytest.raises(TransientError, match="status 400"):
        client.search("John Newton", "Amazing Grace")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 7 ", 7),
        ("1000000", 3600),
        ("soon", None),
        ("-5", None),
        ("1e3", None),
        ("", None),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0),
    ],
)
def test_it_reads_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NEW_YEAR_2026) == seconds
