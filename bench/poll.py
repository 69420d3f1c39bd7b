"""`python -m bench.poll`: progress answers a second, against a bare Flask JSON endpoint on the same server.

Both are served by the same gunicorn with Backbeat's own configuration, one process, and loaded by `wrk` with 32
connections; rounds alternate, and what counts is the ratio of the medians. The job is a running one, so that its
document comes from Redis.
"""

import argparse
import os
import re
import socket
import subprocess
from functools import partial
from pathlib import Path
from statistics import median

import httpx
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from bench import noop
from bench.servers import folder, process, python, redis_server, wait_for
from extensions import db, db_now, transaction
from models import Job
from services.jobs import reads, states
from services.jobs.documents import LiveState, document, json_head
from services.jobs.submit import submit
from store.progress import ProgressStore

CONNECTIONS = 32
BATCH = 50


def bare() -> Flask:
    """The least that a Flask application can be."""
    app = Flask("bare")
    app.add_url_rule("/hello", view_func=lambda: {"hello": "world"})
    return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def requests_per_second(url: str, seconds: int) -> float:
    """:raise RuntimeError: if any answer was an error."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{url} did not answer every request:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(found[1]) if found else 0.0


def running_jobs(app: Flask, redis_url: str, number: int) -> list[str]:
    """Ids of jobs that look as if they ran now."""
    noop.register()
    with app.app_context():
        db.create_all()
        ids = [submit("noop", title=f"Song {n}").job_id for n in range(number)]
        with transaction() as session:
            session.execute(update(Job).values(status=states.STARTED, started_at=db_now(), lease_until=db_now() + 9e5))
        store = ProgressStore(app.extensions["backbeat_redis"])
        for job in db.session.scalars(select(Job)):
            live = LiveState(progress=0.4, step="working", current=40, total=100, updated_at=job.updated_at)
            head = json_head(document(job, live))
            store.write(job.id, attempt=1, progress=0.4, ends=False, least_version=1, json_head=head)
        assert reads.progress(ids[0]).body
    return ids


def measure(where: Path, redis_url: str, rounds: int, seconds: int) -> dict[str, list[float]]:
    environ = {"DATA_DIR": str(where), "REDIS_URL": redis_url, "LOG_LEVEL": "error", "WEB_PROCESSES": "1"}
    ids = running_jobs(create_app(data_dir=where, redis_url=redis_url, log_level="error"), redis_url, BATCH)
    ports = free_port(), free_port()
    rates: dict[str, list[float]] = {"bare Flask JSON": [], "one progress": [], f"{BATCH} progresses at once": []}
    ours, theirs = (f"http://127.0.0.1:{port}" for port in ports)
    with (
        process(python("gunicorn", "app:create_app()"), environ | {"PORT": str(ports[0])}),
        process(python("gunicorn", "bench.poll:bare()"), environ | {"PORT": str(ports[1])}),
    ):
        urls = (f"{theirs}/hello", f"{ours}/api/progress/{ids[0]}", f"{ours}/api/progress?ids={','.join(ids)}")
        for url in urls:
            wait_for(partial(answers, url))
        for _ in range(rounds):
            for name, url in zip(rates, urls, strict=True):
                rates[name].append(requests_per_second(url, seconds))
    return rates


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    with folder() as where, redis_server(where) as url:
        rates = measure(where / "data", url, options.rounds, options.seconds)
    base = median(rates["bare Flask JSON"])
    print(f"gunicorn as in gunicorn.conf.py, one process, {os.cpu_count()} cores; requests a second, median [all]")
    for name, values in rates.items():
        rounds = ", ".join(f"{value:.0f}" for value in values)
        print(f"{name:>24}: {median(values):7.1f}  [{rounds}]  x{median(values) / base:.2f} of bare Flask")
    per_progress = median(rates[f"{BATCH} progresses at once"]) * BATCH / median(rates["one progress"])
    print(f"{'a batch tells':>24}: x{per_progress:.1f} as many progresses a second as single polls")


if __name__ == "__main__":
    main()
