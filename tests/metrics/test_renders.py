"""Ends of renders are counted once, by who found out and how late."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

import clock
from extensions import db, redis, transaction
from models import RenderCycle
from services.library import users
from services.metrics.renders import count_news, families, tally
from services.renders import finishing, states
from services.renders.outcomes import Outcome
from store.counters import Counters
from tests.renders.rows import a_render_of


def counted(*series: str) -> float:
    return Counters(redis.client).read().get(series, 0.0)


def count() -> int:
    return count_news(settle_seconds=0)


def values() -> dict[str, float]:
    found = {"|".join((each.name, *each.labels.values())): each.value for one in families() for each in one.samples}
    db.session.rollback()
    return found


def said(**values: Any) -> Any:
    kept = {"id": 1, "age_seconds": 9.0, "kind": "finished", "said_by": "poll", "said": "completed", "at": 100.0}
    return SimpleNamespace(**(kept | {"output_at": None} | values))


def test_it_counts_an_end_once_by_who_found_out(app: Flask) -> None:
    count()  # only notes where it begins
    render_id = a_render_of(users.default_owner().id)
    outcome = Outcome(states.COMPLETED, output_url="https://example.org/o.mp4")
    assert finishing.finish(render_id, states.POLL, outcome)
    assert not finishing.finish(render_id, states.WEBHOOK, outcome)
    assert (count(), count()) == (2, 0)
    assert counted("renders_ended", "poll", "completed") == 1
    assert counted("renders_ended", "webhook", "completed") == 0
    assert (counted("render_news", "finished"), counted("render_news", "late")) == (1, 1)


@pytest.mark.parametrize(
    ("what", "added"),
    [
        (said(kind="repeated"), {("render_news", "repeated"): 1.0}),
        (
            said(said_by="", said="failed"),
            {("render_news", "finished"): 1.0, ("renders_ended", "nobody", "failed"): 1.0},
        ),
        (
            said(output_at=40.0),
            {
                ("render_news", "finished"): 1.0,
                ("renders_ended", "poll", "completed"): 1.0,
                ("render_noticed_seconds", "poll", "60.0"): 1.0,
                ("render_noticed_seconds", "poll", "sum"): 60.0,
            },
        ),
    ],
)
def test_it_tells_what_each_adds(what: Any, added: dict[tuple[str, ...], float]) -> None:
    assert tally([what]) == added


def test_it_tells_how_many_are_waited_for_and_how_looks_fared(app: Flask) -> None:
    a_render_of(users.default_owner().id)
    with transaction() as session:
        session.add(RenderCycle(id="1" * 26, started_at=clock.now() - 60, checked=10, errors=4))
        session.add(RenderCycle(id="2" * 26, started_at=clock.now() - 7200, checked=90, errors=90))
    assert values() == {
        "backbeat_renders_processing": 1,
        "backbeat_render_checks_last_hour|some": 6,
        "backbeat_render_checks_last_hour|none": 4,
    }


def test_it_tells_of_none_where_there_was_no_cycle(app: Flask) -> None:
    assert set(values().values()) == {0}
