"""The examples for nginx and Caddy, in front of a real Backbeat, by TLS: what passes, and what does not."""

import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.deploy.proxies import CLIENT, NAME, PROXIES, Front, token_of
from tests.ops.launching import PROJECT
from tests.stack import Stack
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(400)  # the first test starts all of it

KEY = "a-key-for-the-tests-of-proxies"
PASSWORD = "a horse on a staple"
PIECE = b"x" * 300_000
TUS = {"Tus-Resumable": "1.0.0"}
PIECES = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def backbeat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """As it is where others can reach it, by a proxy."""
    settings = {"PUBLIC_URL": f"https://{NAME}", "TRUSTED_PROXIES": "1", "API_KEYS": KEY, "SAMPLE_LIBRARY": "false"}
    stack = Stack(tmp_path_factory.mktemp("proxied") / "data", WORKERS="1", WEB_PROCESSES="1", **settings)
    try:
        stack.start()
        command = (sys.executable, "-m", "flask", "--app", "app", "users", "create", "Ada", "--password-stdin")
        subprocess.run(command, cwd=PROJECT, env=stack.environ, input=PASSWORD, text=True, check=True)
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module", params=sorted(PROXIES))
def front(request: pytest.FixtureRequest, backbeat: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with PROXIES[request.param](tmp_path_factory.mktemp(request.param), backbeat.settings.port) as ready:
        yield ready


@pytest.fixture
def visitor(front: Front) -> Iterator[httpx.Client]:
    with front.client() as client:
        yield client


@pytest.fixture
def caller(visitor: httpx.Client) -> httpx.Client:
    visitor.headers["x-api-key"] = KEY
    return visitor


def test_a_person_signs_in_and_is_known_by_their_own_address(visitor: httpx.Client, backbeat: Stack) -> None:
    page = visitor.get("/sign-in", headers={"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http"})
    assert "This connection is not encrypted" not in page.text
    form = {"name": "Ada", "password": PASSWORD, "csrf_token": token_of(page.text)}
    answer = visitor.post("/sign-in", data=form, headers={"X-Forwarded-For": "192.0.2.66"})
    assert answer.status_code == 303
    assert "__Host-backbeat" in visitor.cookies
    assert visitor.get("/").status_code == 200
    assert backbeat.rows("SELECT address FROM sign_in ORDER BY created_at DESC LIMIT 1") == [(CLIENT,)]


def test_somebody_without_a_key_stays_outside(visitor: httpx.Client) -> None:
    assert visitor.get("/api/songs").status_code == 401


def test_work_is_asked_for_and_polled(caller: httpx.Client, front: Front) -> None:
    told = {"title": f"A song by {front.port}", "lyrics": "He drew a knife"}
    song = caller.post("/api/songs", json=told).raise_for_status().json()
    job_id = caller.post(f"/api/songs/{song['id']}/analyze").raise_for_status().json()["job_id"]
    path = f"/api/progress/{job_id}"
    wait_until(lambda: caller.get(path).json()["status"] == "finished", "the job ends", within_seconds=60)
    tag = caller.get(path).headers["ETag"]
    assert caller.get(path, headers={"If-None-Match": tag}).status_code == 304


@contextmanager
def connected(front: Front) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(("127.0.0.1", front.port), timeout=30) as line,
        front.tls.wrap_socket(line, server_hostname=NAME) as tls,
    ):
        yield tls


def begin_upload(caller: httpx.Client) -> str:
    told = {"Upload-Length": str(2 * len(PIECE)), "Upload-Metadata": "filename Zi5tcDQ=,kind dmlkZW8="}
    answer = caller.post("/api/uploads", headers=TUS | told)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def offset(caller: httpx.Client, path: str) -> int:
    return int(caller.head(path, headers=TUS).headers["Upload-Offset"])


def test_a_file_comes_in_pieces(caller: httpx.Client) -> None:
    path = begin_upload(caller)
    headers = TUS | {"Upload-Offset": "0", "Content-Type": PIECES}
    assert caller.patch(path, content=PIECE, headers=headers).status_code == 204
    assert offset(caller, path) == len(PIECE)


def test_what_has_arrived_of_a_piece_is_kept_when_the_line_breaks(caller: httpx.Client, front: Front) -> None:
    path = begin_upload(caller)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: {NAME}\r\nx-api-key: {KEY}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Content-Type: {PIECES}\r\nContent-Length: {2 * len(PIECE)}\r\n\r\n"
    )
    with connected(front) as line:
        line.sendall(head.encode() + PIECE)
    wait_until(lambda: 0 < offset(caller, path) <= len(PIECE), "what came is there")


def test_what_is_too_large_is_refused_in_backbeats_words(caller: httpx.Client) -> None:
    answer = caller.post("/api/songs", json={"title": "x" * 3_000_000})
    assert answer.status_code == 413
    assert answer.json()["error"]


def test_a_form_above_every_limit_is_refused_before_all_of_it_is_sent(front: Front) -> None:
    head = (
        f"POST /api/import HTTP/1.1\r\nHost: {NAME}\r\nx-api-key: {KEY}\r\nContent-Length: {600 * 1024 * 1024}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"
    )
    with connected(front) as line:
        line.sendall(head.encode())
        assert answer_while_sending(line).startswith(b"HTTP/1.1 413 ")


def answer_while_sending(line: ssl.SSLSocket) -> bytes:
    """Caddy hands an answer on only when more of the body comes."""
    for _ in range(100):
        line.settimeout(0.1)
        try:
            return line.recv(100)
        except TimeoutError:
            line.settimeout(30)
            line.sendall(PIECE)
    raise AssertionError("30 MB were taken, of 600 that are too many")


def test_scripts_and_styles_are_kept_for_good(visitor: httpx.Client) -> None:
    found = re.search(r'href="(/static/css/backbeat\.css\?v=\w+)"', visitor.get("/sign-in").text)
    assert found
    for _ in ("from Backbeat", "from the proxy, if it keeps them"):
        answer = visitor.get(found[1])
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Set-Cookie" not in answer.headers


def test_figures_are_for_machines_inside(caller: httpx.Client) -> None:
    assert caller.get("/metrics").status_code == 403


def test_whoever_comes_without_tls_is_sent_to_it(front: Front) -> None:
    answer = httpx.get(f"http://127.0.0.1:{front.plain_port}/episodes", headers={"Host": NAME})
    assert answer.status_code in {301, 308}
    assert answer.headers["Location"].startswith(f"https://{NAME}")
