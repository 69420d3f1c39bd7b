"""What is meant is what was there when somebody asked."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import InvalidInput
from extensions import db, transaction
from models import Job
from services.bulk import at_once, orders
from services.bulk.actions import action_of
from services.bulk.batches import Order, ids_after
from services.bulk.preview import Count, preview
from services.bulk.selection import Selection, new_token
from services.jobs.filters import JobFilter
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def _order(action: str, **wanted: str) -> Order:
    return Order(action_of(action), Selection.of_filter(JobFilter(**wanted), new_token()))


def _meant(order: Order) -> list[str]:
    return ids_after(order, "", 100)


def _wait_a_millisecond() -> None:
    """Ids and instants are to the millisecond."""
    before = new_token()[:10]
    while new_token()[:10] <= before:
        continue


def test_it_spares_what_was_created_later(app: Flask) -> None:
    early = submit("count").job_id
    order = _order("cancel", status="live")
    _wait_a_millisecond()
    submit("count")
    assert _meant(order) == [early]
    assert preview(order.action, order.selection).fitting == Count(1)


@pytest.mark.parametrize("action", ["retry", "delete"])
def test_it_spares_what_ended_later(run_jobs: RunJobs, action: str) -> None:
    early = submit("fail_for_good").job_id
    run_jobs()
    late = submit("fail_for_good").job_id
    _wait_a_millisecond()
    order = _order(action, type="fail_for_good")
    _wait_a_millisecond()
    run_jobs()
    assert _meant(order) == [early]
    assert db.session.get_one(Job, late, populate_existing=True).status == "failed"


def test_it_never_means_work_of_its_own_kind(run_jobs: RunJobs) -> None:
    submit("count")
    run_jobs()
    orders.place(_order("delete", status="finished"), "tester")
    with transaction() as session:
        session.execute(update(Job).values(status="finished", ended_at=0.0))
    other = db.session.scalar(select(Job.id).where(Job.type == "bulk_action"))
    assert other is not None
    _wait_a_millisecond()
    named = Selection.of_ids([other], new_token())
    assert _meant(Order(action_of("delete"), named)) == []
    assert len(_meant(_order("delete", status="finished"))) == 1


def test_it_counts_ages_from_the_moment_of_asking(app: Flask) -> None:
    selection = Selection.of_filter(JobFilter(since="24h"), new_token())
    assert selection.filter.since.startswith("20")


def test_it_reads_back_what_it_wrote_down(app: Flask) -> None:
    for selection in (
        Selection.of_filter(JobFilter(status="failed", q="needle"), new_token()),
        Selection.of_ids(["B" * 26, "A" * 26], new_token()),
    ):
        assert Selection.from_params(selection.as_params()) == selection


@pytest.mark.parametrize("wanted", [JobFilter(), JobFilter(children="with")])
def test_it_refuses_a_filter_that_means_everything(app: Flask, wanted: JobFilter) -> None:
    with pytest.raises(InvalidInput, match="every job"):
        Selection.of_filter(wanted, new_token())


@pytest.mark.parametrize("count", [0, 201])
def test_it_takes_up_to_200_by_name(app: Flask, count: int) -> None:
    with pytest.raises(InvalidInput):
        Selection.of_ids([f"{n:026}" for n in range(count)], new_token())


def test_it_acts_within_the_request_on_a_thousand_at_most(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "MAX_JOBS", 2)
    for _ in range(3):
        submit("count")
    _wait_a_millisecond()
    report = at_once.apply(_order("cancel", status="queued"), "tester")
    assert (report.matched, report.changed, report.skipped, report.more) == (2, 2, 0, True)
    assert not at_once.apply(_order("cancel", status="queued"), "tester").more
