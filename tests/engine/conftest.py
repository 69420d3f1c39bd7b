"""Job types of the tests' own, and a look at rows and documents."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from extensions import current_settings, db
from models import Job
from services.jobs import reads, registry
from services.jobs.janitor import Janitor
from services.jobs.work import FanOut, Outcome, Work
from tests.engine.tasks import TEST_TYPES, Script

CHUNK_JOBS = 25  # of one ring, so that a few jobs are more than that


@pytest.fixture(autouse=True)
def _test_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in TEST_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.jobs.runner.CHUNK_JOBS", CHUNK_JOBS)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The engine keeps its promises on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def row(app: Flask) -> Callable[[str], Job]:
    """The row of a job as it is now."""

    def read(job_id: str) -> Job:
        db.session.rollback()
        job = db.session.get(Job, job_id, populate_existing=True)
        assert job is not None
        return job

    return read


@pytest.fixture
def told(app: Flask) -> Callable[[str], dict[str, Any]]:
    """What somebody who polls is told of a job."""

    def read(job_id: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(reads.progress(job_id).body)
        return document

    return read


SetScript = Callable[[Callable[[Work], Outcome | FanOut]], None]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> SetScript:
    """Says what jobs of the types `scripted` and `scripted_parent` do."""
    return lambda run: monkeypatch.setattr(Script, "run", staticmethod(run), raising=False)


@pytest.fixture
def janitor(app: Flask) -> Janitor:
    return Janitor(current_settings())
