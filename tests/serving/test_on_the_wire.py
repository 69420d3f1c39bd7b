"""Whatever way a poll comes over the wire, it is answered as HTTP says (RFC 9112)."""

import re
import socket
import struct
import time

import httpx
import pytest

from tests.serving.conftest import Served


def head(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def answers(connection: socket.socket, number: int) -> list[tuple[int, bytes]]:
    """So many answers with bodies of a known length: status and body."""
    read, file = [], connection.makefile("rb")
    for _ in range(number):
        status = int(file.readline().split()[1])
        fields = b"".join(iter(file.readline, b"\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", fields)
        read.append((status, file.read(int(length[1]) if length else 0)))
    return read


def test_a_connection_is_kept(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        seen = [client.get(served.poll) for _ in range(3)]
        streams = {answer.extensions["network_stream"] for answer in seen}
    assert len(streams) == 1
    assert seen[0].headers["content-type"] == "application/json"
    assert seen[0].headers["x-content-type-options"] == "nosniff"


def test_nothing_new_is_a_304(served: Served) -> None:
    etag = served.get(served.poll).headers["etag"]
    answer = served.get(served.poll, **{"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    served.report(0.6)
    assert served.get(served.poll, **{"If-None-Match": etag}).json()["progress"] == 0.6


def test_many_in_one_packet_are_answered_in_order(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(served.poll) + head("/healthz") + head(served.poll))
        said = answers(connection, 3)
    assert [status for status, _ in said] == [200, 200, 200]
    assert [b"alive" in body for _, body in said] == [False, True, False]


def test_one_in_many_packets_is_put_together(served: Served) -> None:
    whole = head(served.poll)
    with served.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in range(0, len(whole), 7):
            connection.sendall(whole[byte : byte + 7])
        assert answers(connection, 1)[0][0] == 200


def test_what_is_no_http_is_refused(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(served.poll).replace(b"Host: ", b"Host : "))
        assert answers(connection, 1)[0][0] == 400


def test_the_last_one_is_the_last(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(served.poll, "Connection: close"))
        assert answers(connection, 1)[0][0] == 200
        assert connection.recv(1) == b""


def test_whoever_does_not_read_holds_up_nobody_and_misses_nothing(served: Served) -> None:
    many = f"/api/progress?ids={','.join(served.more_jobs(100))}"
    length = len(served.get(many).content)
    number = 8_000_000 // length  # more than the buffers of both sides hold
    with served.connect() as connection:
        connection.sendall(head(many) * number)
        assert served.get(served.poll).json()["job_id"] == served.job_id
        assert {len(body) for _, body in answers(connection, number)} == {length}


def test_half_a_body_is_no_body(served: Served) -> None:
    with served.connect() as connection:
        song = b'{"title": "Half a song"}'
        connection.sendall(
            b"POST /api/songs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(song), song)
        )
    assert served.get("/api/songs?q=Half").json()["songs"] == []


def test_a_body_of_unknown_length_is_read_to_its_end(served: Served) -> None:
    def pieces() -> "list[bytes]":
        return [b'{"title": ', b'"A whole song"}']

    sent = httpx.post(f"{served.url}/api/songs", content=iter(pieces()), headers={"Content-Type": "application/json"})
    assert sent.status_code == 201


def test_what_is_hung_up_on_at_once_harms_nobody_else(served: Served) -> None:
    before = served.processes()
    for path in (served.poll, "/api/progress/x"):
        with served.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by RST
            connection.sendall(head(path, "Expect: 100-continue"))
    assert served.get(served.poll).is_success
    assert served.processes() == before


@pytest.mark.parametrize("header", ["SCRIPT_NAME: /x", "X_Forwarded_For: 203.0.113.7"])
def test_headers_that_pass_for_others_mean_nothing(served: Served, header: str) -> None:
    before = served.processes()
    with served.connect() as connection:
        connection.sendall(head(served.poll, header))
        assert answers(connection, 1)[0][0] == 200
    assert served.processes() == before


def test_those_who_keep_their_side_open_hold_up_nobody(served: Served) -> None:
    open_sides = [served.connect() for _ in range(20)]
    for connection in open_sides:
        connection.sendall(head("/healthz", "Connection: close"))
    for connection in open_sides:
        assert answers(connection, 1)[0][0] == 200
    begun = time.monotonic()
    assert served.get(served.poll).is_success
    assert time.monotonic() - begun < 10  # two seconds for each, if they were waited for
    for connection in open_sides:
        connection.close()


def test_a_query_that_is_not_ascii_is_no_fault_of_ours(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall("GET /api/songs?q=caf\u00e9 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert answers(connection, 1)[0][0] in (200, 400)  # granian reads it, gunicorn holds it against RFC 3986


def test_more_ids_than_redis_is_asked_for_at_once(served: Served) -> None:
    many = f"/api/progress?ids={','.join(served.more_jobs(200))}"
    with served.connect() as one, served.connect() as other:
        for connection in (one, other):
            connection.sendall(head(many) * 4)
        assert [status for c in (one, other) for status, _ in answers(c, 4)] == [200] * 8
