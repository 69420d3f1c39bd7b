"""`python -m bench.client`: what watching a job costs a page, and how late the page learns of the end.

Three ways to watch the same jobs at the same time, over real HTTP, against the real web server and real workers:
Backbeat's `progress-polling.js`, and asking at fixed intervals of 1 s (the usual choice) and of 0.5 s (the default of
celery-progress), without conditional requests and one request for each job, as those do. Bytes are all that went over
the sockets, headers included, in both directions.
"""

import argparse
import json
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app import create_app
from bench import noop
from bench.poll import answers, free_port
from bench.servers import ROOT, folder, process, python, redis_server, wait_for
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


def show(measured: dict[str, dict[str, dict[str, Any]]]) -> None:
    for scenario, ways in measured.items():
        ours = ways[WAYS[0]]
        print(f"\n{scenario}; for each watched job:")
        for name in WAYS:
            one = ways[name]
            print(
                f"{name:>22}: {one['requests']:6.1f} requests (x{one['requests'] / ours['requests']:.1f}), "
                f"{one['bytes'] / 1000:6.1f} kB (x{one['bytes'] / ours['bytes']:.1f}), "
                f"end known {one['latenessMs']:5.0f} ms late"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--long-seconds", type=float, default=60.0, help="how long the longest job takes")
    options = parser.parse_args()
    noop.register()
    with folder() as where, redis_server(where) as url:
        show(measure(where / "data", url, options.long_seconds))


if __name__ == "__main__":
    main()
