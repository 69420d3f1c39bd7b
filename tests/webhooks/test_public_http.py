"""What a receiver may do to whoever calls it: nothing that lasts, and nothing elsewhere."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

import clock
from clients.public_http import TooLong, Unreachable, open_stream
from tests.servers.sink import Received, Sink, answer, sink
from tests.webhooks.names import Connections, Names

TOTAL_SECONDS = 0.5


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as listening:
        yield listening


def _read(url: str, *, max_bytes: int = 1000) -> tuple[int, bytes]:
    with open_stream(url, allow_private=True, total_seconds=TOTAL_SECONDS, max_bytes=max_bytes) as opened:
        return opened.status, b"".join(opened.chunks)


def test_it_reads_an_answer_whole(receiver: Sink) -> None:
    receiver.otherwise = answer(200, b"x" * 1000)
    assert _read(receiver.url) == (200, b"x" * 1000)


def test_it_stops_at_what_it_may_read(receiver: Sink) -> None:
    receiver.otherwise = answer(200, b"x" * 1001)
    with pytest.raises(TooLong, match="1000 bytes"):
        _read(receiver.url)


def test_it_never_follows_a_redirect(receiver: Sink) -> None:
    with sink() as canary:
        receiver.otherwise = answer(307, Location=canary.url)
        assert _read(receiver.url)[0] == 307
    assert canary.received == []


def test_it_does_not_decompress(receiver: Sink) -> None:
    bomb = gzip.compress(b"\0" * 500_000)
    receiver.otherwise = answer(200, bomb, Content_Encoding="gzip")
    assert _read(receiver.url) == (200, bomb)
    assert receiver.received[0].headers["accept-encoding"] == "identity"


def test_it_ends_a_drip_at_the_total_time(receiver: Sink) -> None:
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, _: Received) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not done.wait(0.05):
            handler.wfile.write(b".")

    receiver.otherwise = drip
    began = clock.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        _read(receiver.url)
    done.set()
    assert clock.monotonic() - began < TOTAL_SECONDS + 2


def test_it_ends_a_silence_long_before_the_total_time(receiver: Sink) -> None:
    done = threading.Event()
    receiver.otherwise = lambda *_: done.wait(30)
    began = clock.monotonic()
    with (
        pytest.raises(Unreachable, match="in time"),
        open_stream(receiver.url, allow_private=True, total_seconds=30, idle_seconds=0.2, max_bytes=1000),
    ):
        pass
    done.set()
    assert clock.monotonic() - began < 10


def test_it_ends_a_look_up_at_the_total_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: done.wait(30) and [])
    began = clock.monotonic()
    with pytest.raises(Unreachable, match="looked up"):
        _read("http://slow.example.com/")
    done.set()
    assert clock.monotonic() - began < TOTAL_SECONDS + 2


def test_it_takes_no_proxy_from_the_environment(receiver: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    with sink() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert _read(receiver.url)[0] == 204
    assert proxy.received == []


def test_it_says_the_name_and_connects_to_the_address(receiver: Sink, names: Names, connections: Connections) -> None:
    names.say("hooks.example.com", ["127.0.0.1"])
    port = receiver.url.split(":")[2].split("/")[0]
    assert _read(f"http://hooks.example.com:{port}/hook")[0] == 204
    assert receiver.received[0].headers["host"] == f"hooks.example.com:{port}"
    assert connections.to == ["127.0.0.1"]


def test_it_tries_the_other_address(receiver: Sink, names: Names, connections: Connections) -> None:
    names.say("hooks.example.com", ["93.184.215.14", "127.0.0.1"])
    port = receiver.url.split(":")[2].split("/")[0]
    assert _read(f"http://hooks.example.com:{port}/hook")[0] == 204
    assert connections.to == ["93.184.215.14", "127.0.0.1"]


def test_it_says_that_nobody_listens(names: Names) -> None:
    with pytest.raises(Unreachable, match="looked up"):
        _read("http://nowhere.example.com/")
    with pytest.raises(Unreachable, match="connection failed"):
        _read("http://127.0.0.1:9/")
