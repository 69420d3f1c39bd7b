"""What the local servers of the tests share: they start and stop quickly, remember what they were asked, and answer
with faults to order."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar

LONGEST_SILENCE_SECONDS = 60.0

Request = TypeVar("Request")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer; `silent` sends none, `hang_up` not even a status. `drip` sends that part byte by
    byte, `pause_seconds` apart, without end."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip: Literal["headers", "body"] | None = None
    pause_seconds: float = 0.0  # before the answer, and between the bytes of a drip
    silent: bool = False
    hang_up: bool = False


class FaultyServer(ThreadingHTTPServer, Generic[Request]):
    """The next answers are the `faults`, in turn; where there are none, `lasting_fault` if set."""

    daemon_threads = True

    def __init__(self, handler: type["FaultyHandler"], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.faults: deque[Fault] = deque()
        self.lasting_fault: Fault | None = None
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_fault(self) -> Fault | None:
        return self.faults.popleft() if self.faults else self.lasting_fault

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class FaultyHandler(BaseHTTPRequestHandler):
    """Base of what answers: says what `decide` says, unless a fault is due."""

    protocol_version = "HTTP/1.1"
    server: FaultyServer[Any]

    def read(self) -> Any:
        """What is asked, as it stands in the list of requests."""
        raise NotImplementedError

    def decide(self, request: Any) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        raise NotImplementedError

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def _take(self) -> None:
        request = self.read()
        self.server.requests.append(request)
        if (fault := self.server.next_fault()) is not None:
            self._fail(fault)
            return
        status, answer = self.decide(request)
        self._send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _fail(self, fault: Fault) -> None:
        self.close_connection = True
        pause_seconds = LONGEST_SILENCE_SECONDS if fault.silent else fault.pause_seconds
        if pause_seconds:
            self.server.stopping.wait(pause_seconds)
        if fault.drip:
            self._drip(fault)
        elif not fault.hang_up and not fault.silent:
            self._send(fault.status, fault.headers, fault.body)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the client has had enough

    def _drip(self, fault: Fault) -> None:
        end_of_headers = b"" if fault.drip == "headers" else b"\r\n[1"
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Slow: " + end_of_headers)
            while not self.server.stopping.wait(fault.pause_seconds):
                self.wfile.write(b"1")
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the requests are in the server's list."""
