"""`python -m bench.client`: what watching a job costs a page, and how late the page learns of the end.

Three ways to watch the same jobs at the same time, over real HTTP, against the real web server and real workers:
Backbeat's `progress-polling.js`, and asking at fixed intervals of 1 s (the usual choice) and of 0.5 s (the default of
celery-progress), without conditional requests and one request for each job, as those do. Bytes are all that went over
the sockets, headers included, in both directions.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app import create_app
from bench import noop
from bench.measuring import finish, parser
from bench.results import Findings, Row, Table
from bench.servers import ROOT, answers, folder, free_port, process, python, redis_server, wait_for
from extensions import db
from services.jobs.submit import submit

WORKERS = 3
WAYS = ("progress-polling.js", "fixed 1 s", "fixed 0.5 s")
BARS = 20


def watch(base: str, job_ids: Iterable[str]) -> dict[str, dict[str, float]]:
    """Watch these jobs to their end in all three ways; for each: requests, bytes, and lateness in ms."""
    command = ["node", str(ROOT / "bench" / "client_watch.mjs"), base, *job_ids]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    measured: dict[str, dict[str, float]] = json.loads(said)
    return measured


def scenarios(base: str, long_seconds: float) -> dict[str, dict[str, dict[str, float]]]:
    """Each begins as its jobs are submitted, and ends with the last of them."""
    measured: dict[str, dict[str, dict[str, float]]] = {}
    for seconds in (2.0, 10.0, long_seconds):
        job = submit("paced", title=f"{seconds:g} s of work", params={"seconds": seconds}).job_id
        measured[f"a job of {seconds:g} s"] = watch(base, [job])
    jobs = [submit("paced", title=f"Song {n}", params={"seconds": 1.0}).job_id for n in range(BARS)]
    measured[f"{BARS} bars on one page, 1 s each"] = watch(base, jobs)
    return measured


def measure(where: Path, url: str, long_seconds: float) -> dict[str, dict[str, dict[str, float]]]:
    app = create_app(data_dir=where, redis_url=url, log_level="error")
    port = free_port()
    environ = {"DATA_DIR": str(where), "REDIS_URL": url, "LOG_LEVEL": "error", "PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    with app.app_context(), ExitStack() as stack:
        db.create_all()
        for command in ("gunicorn", "app:create_app()"), ("workers.janitor",), *[("bench.worker",)] * WORKERS:
            stack.enter_context(process(python(*command), environ))
        wait_for(lambda: answers(f"{base}/readyz"))
        return scenarios(base, long_seconds)


def tables(measured: dict[str, dict[str, dict[str, Any]]]) -> list[Table]:
    """One for each scenario: the ways by the requests that each watched job took."""
    return [
        Table(
            f"client: {scenario}",
            f"Watching {scenario}, for each job",
            "requests",
            WAYS[0],
            [Row(name, _values(ways[name])) for name in WAYS],
        )
        for scenario, ways in measured.items()
    ]


def _values(way: dict[str, float]) -> dict[str, list[float]]:
    return {
        "requests": [way["requests"]],
        "sent_and_received_kilobytes": [way["bytes"] / 1000],
        "end_known_late_milliseconds": [way["latenessMs"]],
    }


def found(long_seconds: float) -> Findings:
    with folder() as where, redis_server(where) as url:
        return Findings("client", tables=tables(measure(where / "data", url, long_seconds)))


def main() -> int:
    options = parser(__doc__, rounds=1)
    options.add_argument("--long-seconds", type=float, default=60.0, help="how long the longest job takes")
    told = options.parse_args()
    noop.register()
    return finish(told, lambda _effort: found(12.0 if told.quick else told.long_seconds))


if __name__ == "__main__":
    sys.exit(main())
