"""While every thread of a server is at something slow, those who poll are still told how far their jobs are."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from serving.switching import SWITCH_SECONDS
from tests.serving.conftest import Served
from tests.waiting import wait_until

MORE_THAN_THREADS = 12


def test_they_are_told_while_pages_hang(served: Served) -> None:
    served.shut_the_door()
    with ThreadPoolExecutor(MORE_THAN_THREADS) as people:
        slow = [people.submit(served.get, "/slow") for _ in range(MORE_THAN_THREADS)]
        wait_until(lambda: _hangs(f"{served.url}/healthz"), "no thread is left")
        told = [served.get(served.poll).json()["job_id"] for _ in range(20)]
        served.open_the_door()
        assert told == [served.job_id] * 20
        assert [answer.result().text for answer in slow] == ["at last"] * MORE_THAN_THREADS


def test_they_are_told_while_files_are_sent_slowly(served: Served) -> None:
    senders = [served.connect() for _ in range(MORE_THAN_THREADS)]
    for sender in senders:
        sender.sendall(
            b"POST /api/songs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 1000000\r\n\r\n{"title": "'
        )
    told = [served.get(served.poll).json()["job_id"] for _ in range(20)]
    for sender in senders:
        sender.close()
    assert told == [served.job_id] * 20


def test_threads_are_free_again_when_those_who_read_have_gone(served: Served) -> None:
    for _ in range(MORE_THAN_THREADS):
        with served.connect() as reader:
            reader.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert reader.recv(1000)
    assert served.get("/healthz").is_success


def test_threads_that_compute_give_way_to_them_soon(served: Served) -> None:
    assert served.get("/switching").json()["seconds"] == pytest.approx(SWITCH_SECONDS)


def _hangs(address: str) -> bool:
    try:
        httpx.get(address, timeout=2)
    except httpx.ReadTimeout:
        return True
    return False
