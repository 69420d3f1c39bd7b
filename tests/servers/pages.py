"""A local web server with pages to order: well kept ones, and all that sites do otherwise."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one path answers. `endless` repeats the body until the asker has had enough; `silent` sends nothing."""

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    endless: bool = False
    silent: bool = False


class PageServer(ThreadingHTTPServer):
    """Serves `pages` by path, also robots.txt; whatever is not there is answered 404. `asked` are the paths in turn."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pages: dict[str, Sent] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, html: str = "", **more: object) -> str:
        """Put a page there, of which `more` are further fields of `Sent`; its address."""
        self.pages[path] = Sent(**({"body": html.encode()} | more))  # type: ignore[arg-type] # as the caller says
        return self.url + path

    def redirect(self, path: str, leads_to: str, status: int = 302) -> str:
        return self.put(path, status=status, headers={"Location": leads_to})

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.agents.add(self.headers["User-Agent"])
        sent = self.server.pages.get(self.path, Sent(b"There is no such page.", 404, "text/plain"))
        try:
            self._answer(sent)
        except ConnectionError:
            self.close_connection = True  # the asker has had enough

    def _answer(self, sent: Sent) -> None:
        if sent.silent:
            self.server.stopping.wait()
            return
        self.send_response(sent.status)
        for name, value in {"Content-Type": sent.content_type, **sent.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent.body)
        while sent.endless and not self.server.stopping.is_set():
            self.wfile.write(sent.body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the paths are in the server's list."""
