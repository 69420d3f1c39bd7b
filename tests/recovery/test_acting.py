"""All of a kind are set going with one press, a bounded number; what cannot be helped holds up no other."""

import pytest
from flask import Flask

from errors import Conflict, NotFound
from extensions import db
from models import AuditEntry
from services.footage import people
from services.recovery import acting
from services.recovery.finders import FINDERS
from tests.recovery.makers import footage_at, given_up_message, lost_job, many_failed_footage


def test_it_sets_all_of_a_kind_going(app: Flask) -> None:
    lost_job("one")
    lost_job("two")
    given_up_message()
    assert acting.act_on_all("jobs", by="ann") == acting.Acted(2, 0, "", 0)
    assert FINDERS["jobs"].count() == 0
    assert FINDERS["webhooks"].count() == 1


def test_it_does_no_more_at_once_than_one_request_may_take(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST", 3)
    many_failed_footage(5)
    assert acting.act_on_all("footage", by="ann") == acting.Acted(3, 0, "", 2)
    assert acting.act_on_all("footage", by="ann").done == 2


def test_what_waits_for_people_is_in_nobodys_way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST", 1)
    for n in range(2):
        footage_at("Awaiting User Input", f"AF000{n}")
    many_failed_footage(1)
    assert acting.act_on_all("footage", by="ann") == acting.Acted(1, 0, "", 0)


def test_it_writes_down_who_did_it_and_to_how_many(app: Flask) -> None:
    given_up_message()
    acting.act_on_all("webhooks", by="ann")
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "recover")).all()
    assert [(each.actor, each.target_id, each.matched, each.changed) for each in entries] == [("ann", "webhooks", 1, 1)]


def test_it_goes_on_after_one_that_refuses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    many_failed_footage(3)
    retry = people.retry

    def refuses_one(footage_id: str, by: str) -> str:
        if footage_id == "AF1001":
            raise Conflict("It moved on.")
        return retry(footage_id, by)

    monkeypatch.setattr(people, "retry", refuses_one)
    assert acting.act_on_all("footage", by="ann") == acting.Acted(2, 1, "It moved on.", 0)


def test_it_leaves_alone_what_waits_for_people(app: Flask) -> None:
    footage_at("Awaiting User Input")
    assert acting.act_on_all("footage", by="ann").done == 0


def test_it_knows_no_other_kinds(app: Flask) -> None:
    with pytest.raises(NotFound):
        acting.act("weather", "1", by="ann")
    with pytest.raises(NotFound):
        acting.act_on_all("weather", by="ann")
