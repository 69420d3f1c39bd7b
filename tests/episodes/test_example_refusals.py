"""The examples when something is refused: each says so, ends with an error at once, and does nothing twice."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.launching import PROJECT

EXAMPLES = PROJECT / "examples"
(JOB,) = yaml.safe_load((EXAMPLES / "github-actions" / "process-episode.yml").read_text())["jobs"].values()
UPLOAD, PROCESS = "POST /api/episodes", "POST /async/episodes/rivers/process"
RENDER, LOOK, CLIP = "POST /async/episodes/rivers/render_clips", "GET /async/jobs/J1", "GET /media/clips/1/clean.mp4"
COMMANDS: dict[str, list[str | Path]] = {
    "curl": ["sh", EXAMPLES / "curl.sh", "rivers.mp4", "clips"],
    "python": [sys.executable, EXAMPLES / "process_episode.py", "rivers.mp4", "clips"],
    "github": ["bash", "-e", "-c", JOB["steps"][0]["run"]],
}
MADE = {"url": "/media/clips/1/clean.mp4", "clip_id": 1, "variant": "clean", "aspect_ratio": "9x16"}
DONE = {"status": "completed", "progress": 100, "message": "with a \\ in it\n", "error": None}


@dataclass
class Backbeat:
    """As much of one as the examples ask; `says` has what is answered first to a request, `asked` what came."""

    url: str = ""
    says: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, request: str, key: str | None) -> tuple[int, dict[str, Any] | bytes]:
        self.asked.append((request, key))
        if self.says.get(request):
            return self.says[request].pop(0)
        if request == CLIP:
            return 200, b"a clip"
        if request == LOOK:
            return 200, DONE | {"result": {"files": [MADE]}}
        return 202, {"job_id": "J1", "episode": {"id": "rivers"}}


@pytest.fixture
def backbeat() -> Iterator[Backbeat]:
    told = Backbeat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Expect"):
                self.send_response_only(100)
                self.end_headers()
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = told.answer(f"{self.command} {self.path}", self.headers.get("Idempotency-Key"))
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Location", "/async/jobs/J1")
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            """Tests say what they have to say themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


def _run(example: str, backbeat: Backbeat, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "rivers.mp4").write_bytes(b"a recording")
    given = {
        "BACKBEAT_URL": backbeat.url,
        "BACKBEAT_KEY": "",
        "EPISODE": "rivers",
        "RECORDING": "https://example.org/r",
    }
    environ = os.environ | given | {"GITHUB_RUN_ID": "1"}
    command = COMMANDS[example]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("example", COMMANDS)
def test_it_fetches_the_clip_where_nothing_is_refused(example: str, backbeat: Backbeat, tmp_path: Path) -> None:
    done = _run(example, backbeat, tmp_path)
    assert done.returncode == 0, done.stderr
    assert [file.read_bytes() for file in (tmp_path / "clips").iterdir()] == [b"a clip"]


@pytest.mark.parametrize("refused", [UPLOAD, PROCESS, RENDER, LOOK, CLIP])
@pytest.mark.parametrize("example", COMMANDS)
def test_it_ends_where_it_is_refused(example: str, refused: str, backbeat: Backbeat, tmp_path: Path) -> None:
    backbeat.says[refused] = [(422, {"message": "It cannot be taken."})] * 3
    done = _run(example, backbeat, tmp_path)
    assert done.returncode != 0, done.stdout
    assert "422" in done.stderr
    assert backbeat.asked[-1][0] == refused


@pytest.mark.parametrize("example", COMMANDS)
def test_it_ends_where_a_job_fails(example: str, backbeat: Backbeat, tmp_path: Path) -> None:
    backbeat.says[LOOK] = [(200, DONE | {"status": "failed", "error": "The disk is full."})]
    done = _run(example, backbeat, tmp_path)
    assert done.returncode != 0, done.stdout
    assert "The disk is full." in done.stderr


@pytest.mark.parametrize("example", COMMANDS)
def test_what_is_sent_again_bears_the_same_key(example: str, backbeat: Backbeat, tmp_path: Path) -> None:
    for request in (UPLOAD, PROCESS, RENDER):
        backbeat.says[request] = [(503, {"message": "Come again."})]
    done = _run(example, backbeat, tmp_path)
    assert done.returncode == 0, done.stderr
    keys = {
        request: {key for asked, key in backbeat.asked if asked == request} for request in (UPLOAD, PROCESS, RENDER)
    }
    assert all(len(each) == 1 and None not in each for each in keys.values()), keys
    assert len(set().union(*keys.values())) == len(keys)
    assert Counter(asked for asked, _ in backbeat.asked)[UPLOAD] == 2


def test_the_workflow_keeps_no_artifact_without_clips() -> None:
    assert JOB["steps"][1]["with"]["if-no-files-found"] == "error"
