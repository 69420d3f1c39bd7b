"""Asking twice: what stands in front of Flask, and the view itself."""

from collections.abc import Mapping
from uuid import uuid4

from flask import Flask
from sqlalchemy import update
from werkzeug.test import Client, EnvironBuilder, TestResponse

from blueprints.polls import Polls
from blueprints.progress_answers import HandedOver
from extensions import db_now, redis, transaction
from models import Job
from services.jobs import operations, states
from services.jobs.documents import LiveState, document, json_head
from services.jobs.submit import submit
from store.progress import ProgressStore


class Asks:
    """Polls an app with these headers, from this address."""

    def __init__(self, app: Flask, headers: Mapping[str, str] | None = None, address: str = "127.0.0.1") -> None:
        self._polls: Polls = app.extensions["backbeat_polls"]
        self._headers = {"Host": "localhost"} | dict(headers or {})
        self._address = address

    def quick(self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> HandedOver | None:
        """What is answered in front of Flask, if anything is."""
        environ = self._builder(path, headers, method).get_environ()
        poll = self._polls.poll_of(environ)
        return self._polls.answer_all([(environ, poll)])[0] if poll else None

    def view(self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> TestResponse:
        """What Flask answers; this process then knows who asks, since what is looked up first is the mark."""
        self.quick(path, headers, method=method)
        return Client(self._polls.passed_on_to, use_cookies=False).open(self._builder(path, headers, method))

    def both(self, path: str, headers: Mapping[str, str] | None = None) -> HandedOver:
        """What both say, which must be the same to the last header."""
        said = self.view(path, headers)
        quick = self.quick(path, headers)
        assert quick is not None, "it was left to the view"
        headers_sent = quick.headers | self._polls.common_headers
        assert (quick.status, headers_sent, quick.body) == (said.status_code, dict(said.headers), said.data)
        return quick

    def _builder(self, path: str, headers: Mapping[str, str] | None, method: str) -> EnvironBuilder:
        address = {"REMOTE_ADDR": self._address}
        sent = (self._headers | dict(headers or {})).items()
        return EnvironBuilder(path, method=method, headers=sent, environ_base=address)


def running_job(owner_id: int, *, progress: float = 0.4) -> str:
    """A job that somebody's worker is at, with its live document."""
    job_id = submit("analyze_song", target_type="song", target_id=str(uuid4()), owner_id=owner_id).job_id
    with transaction() as session:
        running = {"status": states.STARTED, "started_at": db_now(), "lease_until": db_now() + 3600}
        session.execute(update(Job).where(Job.id == job_id).values(running))
    report(job_id, progress)
    return job_id


def report(job_id: str, progress: float) -> None:
    """Progress of a job that runs."""
    job = operations.get_job(job_id)
    state = LiveState(progress=progress, step="working", current=4, total=10, updated_at=job.updated_at)
    head = json_head(document(job, state))
    ProgressStore(redis.client).write(
        job_id, attempt=job.attempt, progress=progress, ends=False, least_version=1, json_head=head
    )
