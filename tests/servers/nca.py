"""A renderer on this machine that speaks the No-Code Architects Toolkit's API, and does as it is told.

It renders nothing: a job is done when a test says so, and its output is then among its files. It can lose, hold back,
repeat and reorder its calls, lie in them, fail, and be away; so can its files.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from tests.servers.files import MP4, Files

API_KEY = "a renderer's key"
COMPOSE, CONCATENATE, STATUS = "/v1/ffmpeg/compose", "/v1/video/concatenate", "/v1/toolkit/job/status"
QUEUED, RUNNING, DONE = "queued", "running", "done"


@dataclass
class NcaJob:
    """A job as the toolkit keeps it; `told` is what became of it, null until then."""

    job_id: str
    endpoint: str
    body: dict[str, Any]
    status: str = QUEUED
    told: dict[str, Any] | None = None

    @property
    def webhook_url(self) -> str:
        return str(self.body["webhook_url"])


@dataclass
class Nca:
    """`jobs` by their ids, in the order in which they came; `looks` counts how often each was asked after.

    `down` answers 503 to all; `loses_answers` takes a job in and hangs up; `refuses` takes none.
    """

    url: str
    jobs: dict[str, NcaJob] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)
    down: bool = False
    loses_answers: bool = False
    refuses: bool = False
    answers: tuple[int, dict[str, Any]] | None = None  # to all
    wraps: bool = True  # its answers, as the toolkit does
    pause: threading.Event | None = None  # answers to looks wait for it
    files: Files = field(default_factory=Files)
    held: list[NcaJob] = field(default_factory=list)  # of which nobody has been told yet
    _lock: Any = field(default_factory=threading.Lock)

    @property
    def job(self) -> NcaJob:
        """The only one."""
        (job,) = self.jobs.values()
        return job

    def take(self, endpoint: str, body: dict[str, Any]) -> NcaJob:
        with self._lock:
            job = NcaJob(str(uuid4()), endpoint, body)
            self.jobs[job.job_id] = job
        return job

    def run(self, job: NcaJob) -> None:
        job.status = RUNNING

    @property
    def output_pattern(self) -> str:
        """For RENDER_OUTPUT_URL."""
        return f"{self.url}/files/{{external_job_id}}_output_0.mp4"

    def put_output(self, job: NcaJob, content: bytes = MP4, *, changed_at: float | None = None) -> None:
        """Its output appears, whatever is said of it."""
        self.files.put(f"/files/{job.job_id}_output_0.mp4", content, changed_at=changed_at)

    def end(
        self, job: NcaJob, code: int = 200, message: str = "success", *, output: bytes | None = MP4
    ) -> dict[str, Any]:
        """It is done, or has failed; what its call would say, which is held back until `release`, or lost."""
        url = self.output_pattern.replace("{external_job_id}", job.job_id)
        if code == 200 and output is not None:
            self.put_output(job, output)
        made: Any = url if job.endpoint == CONCATENATE else [{"file_url": url}]
        told = {"endpoint": job.endpoint, "code": code, "id": job.body.get("id"), "job_id": job.job_id}
        job.told = told | {"response": made if code == 200 else None, "message": message}
        job.status = DONE
        self.held.append(job)
        return job.told

    def release(self, chance: Random, *, times: int = 1, lost_share: float = 0.0) -> list[NcaJob]:
        """The calls that were held back, as they are to be made now: each so many times or not at all, in any order."""
        calls = [job for job in self.held for _ in range(times) if chance.random() >= lost_share]
        self.held.clear()
        chance.shuffle(calls)
        return calls

    def call(self, job: NcaJob, told: dict[str, Any] | None = None) -> httpx.Response:
        """Tell who asked for it, or tell them something else."""
        return httpx.post(job.webhook_url, json=told or job.told, timeout=30)

    def status_of(self, job_id: str) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.looks.append(job_id)
            job = self.jobs.get(job_id)
        if job is None:
            return 404, _wrapped(404, None, {"error": "Job not found", "job_id": job_id})
        told = {"job_status": job.status, "job_id": job_id, "queue_id": 1, "process_id": 1, "response": job.told}
        return 200, _wrapped(200, told, "success") if self.wraps else told


def _wrapped(code: int, response: Any, message: Any) -> dict[str, Any]:
    """The id is that of the question, not of the job that is asked after."""
    return {"endpoint": STATUS, "code": code, "id": None, "job_id": str(uuid4()), "response": response} | {
        "message": message
    }


def _answer(server: Nca, path: str, key: str | None, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """Status and JSON; none to hang up."""
    if server.answers is not None:
        return server.answers
    if server.down:
        return 503, {"message": "down"}
    if key != API_KEY:
        return 401, {"message": "Unauthorized"}
    if path == STATUS:
        if server.pause is not None:
            server.pause.wait(30)
        return server.status_of(body["job_id"])
    if path not in {COMPOSE, CONCATENATE}:
        return 404, {"message": "Not found"}
    if server.refuses:
        return 400, {"message": "Invalid payload: 'inputs' is a required property"}
    job = server.take(path, body)
    if server.loses_answers:
        return None
    return 202, {"code": 202, "id": body.get("id"), "job_id": job.job_id, "message": "processing"}


@contextmanager
def nca() -> Iterator[Nca]:
    """Listening on a free port until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            answer = _answer(renderer, self.path, self.headers.get("x-api-key"), body)
            self.close_connection = True
            if answer is None:
                return
            status, told = answer
            self._send(status, {"Content-Type": "application/json"}, json.dumps(told).encode())

        def do_GET(self) -> None:
            self._send(*renderer.files.answer("GET", self.path, self.headers.get("Range")))

        def do_HEAD(self) -> None:
            self._send(*renderer.files.answer("HEAD", self.path, None))

        def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.close_connection = True
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                with suppress(ConnectionError):  # whoever asks may have had enough
                    self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests say what they have to say themselves."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    renderer = Nca(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield renderer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
