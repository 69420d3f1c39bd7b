"""A server that speaks just enough of the contract for the example page. Standard library only.

python docs/examples/server.py [port]
"""

import json
import sys
import time
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).parent
FILES = {
    "/": HERE / "index.html",
    "/example.js": HERE / "example.js",
    "/example.css": HERE / "example.css",
    "/progress-polling.js": HERE.parents[1] / "static/js/progress-polling.js",
    "/progress.css": HERE.parents[1] / "static/css/progress.css",
}
STEPS = [
    ("reading", "Reading the file", 4.0),
    ("thinking", "Thinking about it", 14.0),
    ("writing", "Writing it down", 6.0),
]
WAIT_SECONDS = 3.0
WORK_SECONDS = sum(seconds for _, _, seconds in STEPS)

numbers = count(1)
jobs: dict[str, dict[str, Any]] = {}  # id -> when it began, its attempt, when it was canceled


def steps(age: float) -> list[dict[str, Any]]:
    """The steps of a job that has run for `age` seconds."""
    rows, begin = [], 0.0
    for name, label, seconds in STEPS:
        status = "waiting" if age < begin else "running" if age < begin + seconds else "done"
        rows.append({"name": name, "label": label, "status": status, "seconds": min(max(age - begin, 0.0), seconds)})
        begin += seconds
    return rows


def document(job_id: str) -> dict[str, Any]:
    """The progress document: made from the clock, where a real server has a worker."""
    job = jobs[job_id]
    age = (job["canceled"] or time.time()) - job["began"] - WAIT_SECONDS
    status = "canceled" if job["canceled"] else "queued" if age < 0 else "started" if age < WORK_SECONDS else "finished"
    rows, left = steps(age), WORK_SECONDS - age
    answer = {"success": True, "job_id": job_id, "title": "The example", "status": status, "attempt": job["attempt"]}
    answer |= {"progress": min(max(age / WORK_SECONDS, 0.0), 1.0), "version": int(age * 10) + 100, "steps": rows}
    if status == "queued":
        return answer | {"queue_position": 3, "queue_wait_seconds": [1, -age]}
    step = next((row for row in rows if row["status"] == "running"), rows[-1])
    answer |= {"current_step": step["name"], "step_label": step["label"], "elapsed_seconds": age}
    return answer | {
        "eta_low_seconds": left * 0.8,
        "eta_high_seconds": left * 1.3,
        "updated_at": datetime.now(UTC).isoformat(),
    }


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        job_id = url.path.rsplit("/", 1)[-1]
        if file := FILES.get(url.path):
            self.answer(file.read_bytes(), self.guess_type(str(file)))
        elif url.path == "/api/progress":
            ids = parse_qs(url.query).get("ids", [""])[0].split(",")
            found = {i: document(i) for i in ids if i in jobs}
            self.say({"success": True, "progress": found, "missing": [i for i in ids if i not in jobs]})
        elif job_id in jobs:
            self.say(document(job_id))
        else:
            self.say({"success": False, "error": "job_missing", "message": "There is no such job."}, 404)

    def do_POST(self) -> None:
        *_, job_id, action = self.path.split("/")
        if action == "analyze":
            job_id = f"job-{next(numbers)}"
            jobs[job_id] = {"began": time.time(), "attempt": 1, "canceled": None}
        elif action == "cancel":
            jobs[job_id]["canceled"] = time.time()
        elif action == "retry":
            jobs[job_id] = {"began": time.time(), "attempt": jobs[job_id]["attempt"] + 1, "canceled": None}
        self.say({"success": True, "job_id": job_id, "status": document(job_id)["status"]}, 202)

    def say(self, body: dict[str, Any], status: int = 200) -> None:
        self.answer(json.dumps(body).encode(), "application/json", status)

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8123
    print(f"http://127.0.0.1:{port}")
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
