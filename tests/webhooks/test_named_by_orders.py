"""An address that an order names is kept with the order's job, or not at all: its secret is told once."""

import pytest
from sqlalchemy import func, select

from errors import Conflict, InvalidInput, Unavailable
from extensions import db
from models import Job, User, WebhookEndpoint
from services.episodes import line, orders
from services.episodes.orders import Taken, Wishes
from services.webhooks import endpoints
from tests.pages import episode_rows

URL = "https://hooks.example.com/backbeat"


@pytest.fixture
def owner_id(owner: User) -> int:
    return owner.id


def _order(owner_id: int, url: str = URL, *, force: bool = False) -> Taken:
    return orders.order_processing("a-talk", Wishes(owner_id, force=force, webhook_url=url), "transcribed")


def _count(table: type[WebhookEndpoint | Job]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_its_secret_is_told_with_the_first_job(owner_id: int) -> None:
    episode_rows.episode()
    first, again = _order(owner_id), _order(owner_id, force=True)
    told = [db.session.get_one(Job, taken.submission.job_id).webhook_id for taken in (first, again)]
    assert (first.webhook_secret is not None, again.webhook_secret) == (True, None)
    assert told[0] == told[1] is not None
    assert not db.session.get_one(WebhookEndpoint, told[0]).is_standing


def test_it_is_not_kept_where_the_job_could_not_be(owner_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    episode_rows.episode()
    with monkeypatch.context() as away:
        away.setattr(line, "hold", lambda *_: (_ for _ in ()).throw(Unavailable("Not just now.")))
        with pytest.raises(Unavailable):
            _order(owner_id)
    assert _count(WebhookEndpoint) == 0
    assert _order(owner_id).webhook_secret is not None


def test_it_is_the_same_job_for_who_asks_twice(owner_id: int) -> None:
    episode_rows.episode()
    first, again = _order(owner_id), _order(owner_id)
    assert (again.submission.job_id, again.submission.already_running) == (first.submission.job_id, True)
    assert (_count(Job), _count(WebhookEndpoint)) == (1, 1)


def test_somebody_who_was_faster_has_been_told_the_secret(owner_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    episode_rows.episode()
    first = _order(owner_id)
    find, looks = endpoints.named_by_job, iter([None])
    monkeypatch.setattr(endpoints, "named_by_job", lambda *given: next(looks, find(*given)))
    again = _order(owner_id, force=True)
    named = db.session.get_one(Job, first.submission.job_id).webhook_id
    assert (again.webhook_secret, db.session.get_one(Job, again.submission.job_id).webhook_id) == (None, named)


def test_one_that_is_switched_off_or_bad_is_refused_before_there_is_a_job(owner_id: int) -> None:
    episode_rows.episode()
    endpoint, _ = endpoints.create(owner_id, URL, actor="test")
    endpoints.change(endpoint.id, enabled=False, actor="test")
    with pytest.raises(Conflict, match="switched off"):
        _order(owner_id)
    with pytest.raises(InvalidInput):
        _order(owner_id, "ftp://example.org/")
    assert _count(Job) == 0
