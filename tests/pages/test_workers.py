"""The page of the workers."""

import time

import pytest
from flask.testing import FlaskClient

import clock
from extensions import db, redis
from models import AuditEntry
from services.jobs.submit import submit
from store import keys
from store.workers import WorkerRegister, read_workers
from tests.pages.conftest import Open
from version import APP_VERSION

PAGE = "/admin/workers"
FACTS: dict[str, str | int | float] = {
    "host": "far-away",
    "pid": 4711,
    "queues": "system,high,default,low",
    "version": APP_VERSION,
}


def _worker(name: str = "w" * 32, age_seconds: float = 0.0, **facts: str | int | float) -> str:
    beat = clock.now() - age_seconds
    all_facts = (
        FACTS | {"started_at": beat - 60, "memory_bytes": 200 * 1024 * 1024, "ring": "", "idle_since": beat} | facts
    )
    WorkerRegister(redis.client).beat(name, beat, all_facts)
    return name


def test_it_tells_what_each_worker_is_and_does(open_page: Open) -> None:
    _worker()
    page = open_page(PAGE)
    for told in ("wwwwwwww", "far-away · process 4711", "idle", "200 MB", APP_VERSION, "system, high, default, low"):
        assert told in page.text


def test_it_asks_a_worker_to_stop_and_shows_it(client: FlaskClient, open_page: Open) -> None:
    name = _worker()
    client.post(f"{PAGE}/{name}/leave", data={"then": "stop"})
    assert "stopping after its job" in open_page(PAGE).text
    (record,) = read_workers(redis.client)
    assert (record.leaves, record.told_by) == ("stop", "local operator")
    entry = db.session.scalars(db.select(AuditEntry)).one()
    assert (entry.action, entry.target_type, entry.target_id) == ("stop_worker", "worker", name)


def test_it_refuses_to_tell_a_worker_that_is_lost(client: FlaskClient) -> None:
    name = _worker(age_seconds=60)
    answer = client.post(f"{PAGE}/{name}/leave", data={"then": "restart"}, follow_redirects=True)
    assert "shows no sign of life" in answer.text


def test_it_tells_a_worker_only_what_it_can_do(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/{_worker()}/leave", data={"then": "dance"}, follow_redirects=True)
    assert "is nothing that a worker can do" in answer.text


def test_it_does_not_know_every_worker(client: FlaskClient) -> None:
    assert client.post(f"{PAGE}/nobody/leave", data={"then": "stop"}).status_code == 404


def test_it_marks_a_lost_worker_and_says_what_became_of_its_job(open_page: Open) -> None:
    job_id = submit("import_media", title="A big import").job_id
    _worker(age_seconds=300, ring=f"{job_id}-1-0")
    page = open_page(PAGE)
    assert "Lost in the last day" in page.text
    assert "The job is waiting. A big import" in page.text
    assert "was lost (last sign of life" in page.text  # the warning


def test_a_lost_worker_is_no_news_after_a_while(open_page: Open) -> None:
    _worker(age_seconds=3600)
    page = open_page(PAGE)
    assert "was lost" not in page.text
    assert "Lost in the last day" in page.text


def test_it_warns_of_workers_that_run_other_code(open_page: Open) -> None:
    _worker(version="0.0.9+cafe")
    assert "Workers run other code (0.0.9+cafe)" in open_page("/admin/queues").text


def test_it_says_what_to_do_where_there_is_none(open_page: Open) -> None:
    assert "python -m workers.worker" in open_page(PAGE).text


@pytest.mark.parametrize("name", ["<b>", "a" * 300])
def test_odd_names_of_workers_are_none(client: FlaskClient, name: str) -> None:
    assert client.post(f"{PAGE}/{name}/leave", data={"then": "stop"}).status_code == 404


def test_a_worker_of_rq_alone_is_shown_too(open_page: Open) -> None:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    record = {"hostname": "plain", "pid": 1, "state": "idle", "queues": "low", "last_heartbeat": stamp}
    redis.client.hset("rq:worker:plain", mapping=record)  # type: ignore[arg-type] # an int is written as its digits
    redis.client.sadd("rq:workers", "rq:worker:plain")
    assert "plain · process 1" in open_page(PAGE).text
    assert not redis.client.exists(keys.worker("plain"))
