"""Taking in many jobs at once."""

from typing import Any

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import func, select

from errors import InvalidInput, NotFound
from extensions import db, redis
from models import Job, JobEvent
from services.jobs.submit import submit
from services.jobs.submit_many import Order, submit_many
from store.bell import Bell


def _rings(queue: str = "default") -> list[str]:
    entries: list[Any] = redis.client.lrange(f"rq:queue:{queue}", 0, -1)
    return [entry.decode() for entry in entries]


def test_it_makes_and_rings_for_each_in_order(app: Flask) -> None:
    made = submit_many([Order("count", title=f"Song {n}") for n in range(5)])
    assert [one.already_running for one in made] == [False] * 5
    titles = [db.session.get_one(Job, one.job_id).title for one in made]
    assert titles == [f"Song {n}" for n in range(5)]
    assert _rings() == [f"{one.job_id}-1-0" for one in made]


def test_each_has_its_history(app: Flask) -> None:
    submit_many([Order("count")] * 3)
    born = select(func.count()).select_from(JobEvent).where(JobEvent.from_status.is_(None))
    assert db.session.scalar(born.where(JobEvent.to_status == "queued")) == 3


def test_what_is_live_already_is_not_made_again(app: Flask) -> None:
    there = submit("count", target_type="song", target_id=7)
    made = submit_many([Order("count", "song", 6), Order("count", "song", 7), Order("count", "song", 8)])
    assert [one.already_running for one in made] == [False, True, False]
    assert made[1].job_id == there.job_id
    assert db.session.scalar(select(func.count()).select_from(Job)) == 3


def test_the_same_twice_is_one(app: Flask) -> None:
    first, second = submit_many([Order("count", "song", 7)] * 2)
    assert (first.job_id, first.already_running, second.already_running) == (second.job_id, False, True)
    assert _rings() == [f"{first.job_id}-1-0"]


def test_they_go_to_their_queues(app: Flask) -> None:
    default, high = submit_many([Order("count"), Order("count", queue="high")])
    assert (_rings("default"), _rings("high")) == ([f"{default.job_id}-1-0"], [f"{high.job_id}-1-0"])


def test_the_janitor_is_to_ring_where_redis_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise RedisAway("nobody there")

    monkeypatch.setattr(Bell, "ring_many", away)
    made = submit_many([Order("count")] * 3)
    assert [db.session.get_one(Job, one.job_id).dispatched_at for one in made] == [None] * 3


@pytest.mark.parametrize(
    ("order", "error"), [(Order("count", tags=["", "x"]), InvalidInput), (Order("no such"), NotFound)]
)
def test_one_that_cannot_be_refuses_all(app: Flask, order: Order, error: type[Exception]) -> None:
    with pytest.raises(error):
        submit_many([Order("count"), order])
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_none_is_none(app: Flask) -> None:
    assert submit_many([]) == []
