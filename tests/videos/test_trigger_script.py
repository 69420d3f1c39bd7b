"""`scripts/trigger_process_new_videos.sh`, against a server on this machine."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "trigger_process_new_videos.sh"
DONE = {"success": True, "status": "completed", "found": 1, "triggered": 1, "skipped": 0, "failed": 0}


class Backbeat(ThreadingHTTPServer):
    """Answers each request so; `asked` are the methods, paths and keys that came."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body = status, json.dumps(document, separators=(",", ":")).encode()
        self.asked: list[tuple[str, str | None]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Backbeat

    def do_POST(self) -> None:
        self.server.asked.append((self.path, self.headers.get("x-api-key")))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: Any) -> None:
        return None


@contextmanager
def backbeat(code: int, **more: Any) -> Iterator[Backbeat]:
    with Backbeat(code, DONE | more) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def trigger(url: str, key: str = "") -> "subprocess.CompletedProcess[str]":
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "BACKBEAT_URL": url, "BACKBEAT_API_KEY": key}
    return subprocess.run(["sh", str(SCRIPT)], env=environ, capture_output=True, text=True, check=False)


def url_of(server: Backbeat) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


def test_it_asks_with_the_key_and_prints_the_answer() -> None:
    with backbeat(200) as server:
        ended = trigger(url_of(server), 'a"key\\with-$signs')
    assert server.asked == [("/internal/process-new-videos/trigger", 'a"key\\with-$signs')]
    assert (ended.returncode, json.loads(ended.stdout), ended.stderr) == (0, DONE, "")


def test_it_needs_no_key_where_backbeat_is_open() -> None:
    with backbeat(202, status="already_running") as server:
        ended = trigger(url_of(server))
    assert (ended.returncode, server.asked[0][1]) == (0, None)


@pytest.mark.parametrize("more", [{"status": "failed"}, {"failed": 1}, {"failed": 10}])
def test_it_exits_with_1_if_the_run_or_a_video_failed(more: dict[str, Any]) -> None:
    with backbeat(200, **more) as server:
        assert trigger(url_of(server)).returncode == 1


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_it_exits_with_2_if_backbeat_refuses(status: int) -> None:
    with backbeat(status, message="No.") as server:
        ended = trigger(url_of(server))
    assert ended.returncode == 2
    assert f"Backbeat refused ({status})" in ended.stderr


def test_it_exits_with_3_if_nobody_answers() -> None:
    ended = trigger("http://127.0.0.1:9")
    assert ended.returncode == 3
    assert "Backbeat cannot be reached at http://127.0.0.1:9" in ended.stderr


def test_the_key_is_not_among_the_arguments_of_a_program(tmp_path: Path) -> None:
    """Which anybody on the machine can read."""
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\ncat > {tmp_path}/input\n')
    curl.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "BACKBEAT_API_KEY": "a-very-secret-key"}
    subprocess.run(["sh", str(SCRIPT)], env=environ, capture_output=True, check=False)
    assert "a-very-secret-key" in (tmp_path / "input").read_text()
    assert "a-very-secret-key" not in (tmp_path / "arguments").read_text()
