"""What is stuck is told kind by kind, at a cost that does not grow, and nothing is written by looking."""

import pytest
from flask import Flask

from services.recovery.finders import FINDERS
from services.recovery.overview import SHOWN, counts, overview
from tests.metrics.test_cost import statements
from tests.recovery.makers import failed_footage, given_up_message, lost_job, many_failed_footage


def test_it_tells_of_every_kind_in_order(app: Flask) -> None:
    assert [section.finder.kind for section in overview()] == list(FINDERS)
    assert counts() == dict.fromkeys(FINDERS, 0)


def test_it_counts_what_is_stuck_of_each(app: Flask) -> None:
    lost_job()
    failed_footage()
    given_up_message()
    assert {kind: count for kind, count in counts().items() if count} == {"jobs": 1, "footage": 1, "webhooks": 1}
    assert [len(section.things) for section in overview() if section.count] == [1, 1, 1]


def test_it_shows_the_first_of_many(app: Flask) -> None:
    many_failed_footage(SHOWN + 5)
    (section,) = (section for section in overview() if section.count)
    assert (len(section.things), section.count, section.is_at_least) == (SHOWN, SHOWN + 5, False)


def test_it_counts_no_further_than_tells_anything(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.recovery.footage.COUNTED", 3)
    monkeypatch.setattr("services.recovery.overview.COUNTED", 3)
    many_failed_footage(5)
    assert counts()["footage"] == 3


def test_it_costs_the_same_for_few_and_for_many_and_writes_nothing(app: Flask) -> None:
    def cost() -> int:
        with statements() as sent:
            overview()
        assert not [each for each, _ in sent if each.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
        return len(sent)

    few = cost()
    many_failed_footage(300)
    lost_job()
    given_up_message()
    assert cost() == few
