"""Backbeat's web server with jobs that run, for as long as somebody asks about them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from app import create_app
from bench import noop
from bench.servers import answers, free_port, process, python, wait_for
from blueprints.access.identify import SIGN_IN
from extensions import db, db_now, transaction
from models import Job
from services.access import keys as api_keys
from services.access import people, sign_ins
from services.jobs import reads, states
from services.jobs.documents import LiveState, document, json_head
from services.jobs.submit_many import Order, submit_many
from store import keys
from store.progress import ProgressStore

LEASE_SECONDS = 9e5


def running_jobs(app: Flask, number: int, owner_id: int | None = None) -> list[str]:
    """Ids of jobs that look as if they ran now."""
    noop.register()
    with app.app_context():
        db.create_all()
        orders = [Order("noop", title=f"Song {n}", owner_id=owner_id) for n in range(number)]
        ids = [submission.job_id for submission in submit_many(orders)]
        begin(app, ids)
        assert reads.progress(ids[0]).body
    return ids


def begin(app: Flask, ids: Sequence[str]) -> None:
    """Have these look as if they ran now, in the database and in Redis."""
    begun = {"status": states.STARTED, "started_at": db_now(), "lease_until": db_now() + LEASE_SECONDS}
    with transaction() as session:
        session.execute(update(Job).where(Job.id.in_(ids)).values(**begun))
    for job in db.session.scalars(select(Job).where(Job.id.in_(ids))):
        tell(app, job)


def tell(app: Flask, job: Job) -> None:
    """Write what pollers are told, so that it stays: nobody vouches for it here, as whoever runs a job does."""
    client = app.extensions["backbeat_redis"]
    live = LiveState(progress=0.4, step="working", current=40, total=100, updated_at=job.updated_at)
    head = json_head(document(job, live))
    ProgressStore(client).write(job.id, attempt=1, progress=0.4, ends=False, least_version=1, json_head=head)
    client.persist(keys.progress(job.id))


@dataclass(frozen=True, slots=True)
class Site:
    """A server that is up: its address, its first process and the jobs that run there."""

    base: str
    pid: int
    ids: list[str]

    @property
    def one(self) -> str:
        return f"/api/progress/{self.ids[0]}"

    def many(self, number: int) -> str:
        return f"/api/progress?ids={','.join(self.ids[:number])}"


@contextmanager
def served(where: Path, redis_url: str, ids: list[str], *, server: str = "gunicorn") -> Iterator[Site]:
    """What lies in `where`, served as it is deployed, by one process, which never asks anybody to come less often."""
    port = free_port()
    environ = {
        "DATA_DIR": str(where),
        "REDIS_URL": redis_url,
        "LOG_LEVEL": "error",
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "SERVER": server,
        "POLLS_PER_SECOND": "100000",
    }
    with process(python("serving"), environ) as running:
        base = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{base}/healthz"))
        yield Site(base, running.pid, ids)


def closed(where: Path, redis_url: str, number: int) -> tuple[list[str], dict[str, Mapping[str, str]]]:
    """A Backbeat that somebody must sign in to: jobs of one person's, and what their requests carry, by how they
    come in."""
    app = create_app(data_dir=where, redis_url=redis_url, log_level="error")
    with app.app_context():
        db.create_all()
        password = os.urandom(16).hex()
        people.create("Ada", "admin", password=password, actor="bench")
        bob = people.create("Bob", "viewer", password=password, actor="bench")
        token = sign_ins.sign_in("Bob", password, address="127.0.0.1", agent="bench")
        _, key = api_keys.create(bob.id, "bench", "viewer", actor="bench")
        bob_id = bob.id
    ids = running_jobs(app, number, bob_id)
    return ids, {"session": {"Cookie": _cookie(app, token)}, "key": {"X-API-Key": key}}


def _cookie(app: Flask, token: str) -> str:
    """What a browser sends that has signed in."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # Flask's own
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({SIGN_IN: token})}"
