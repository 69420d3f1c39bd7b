"""What recovery does about videos is counted once, with how long they waited."""

from flask import Flask

import clock
from extensions import db, redis, transaction
from models import RecoveryItem, RecoveryRun
from services.metrics.videos import count_recovered, families
from services.videos import states
from store.counters import Counters
from tests.videos.rows import a_video


def counted(*series: str) -> float:
    return Counters(redis.client).read().get(series, 0.0)


def item(outcome: str, *, waited_seconds: float = 0.0) -> None:
    now = clock.now()
    what = {"video_id": "v", "name": "V", "tenant_id": "1", "video_created_at": now - waited_seconds, "at": now}
    with transaction() as session:
        session.merge(RecoveryRun(id="1" * 26, started_by="test", started_at=now, reasons={}))
        session.flush()
        session.add(RecoveryItem(run_id="1" * 26, outcome=outcome, **what))


def test_it_counts_what_recovery_did_once(app: Flask) -> None:
    count_recovered(settle_seconds=0)  # only notes where it begins
    item("triggered", waited_seconds=700.0)
    item("skipped")
    assert count_recovered(settle_seconds=0) == 2
    assert count_recovered(settle_seconds=0) == 0
    assert [counted("videos_recovered", outcome) for outcome in ("triggered", "skipped", "failed")] == [1, 1, 0]
    assert counted("video_recovery_seconds", "900.0") == 1


def test_it_tells_how_many_are_at_each_status(app: Flask) -> None:
    a_video(status=states.READY)
    a_video(status=states.READY)
    a_video(status=states.FAILED)
    (family,) = families()
    told = {sample.labels["status"]: sample.value for sample in family.samples}
    db.session.rollback()
    assert told == dict.fromkeys(states.ALL, 0) | {"ready": 2, "failed": 1}
