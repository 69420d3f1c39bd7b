"""Several who would start one stuck video at the same moment: it is started once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import insert

from extensions import db_now, transaction
from models import Video
from services.jobs import operations, pauses
from services.jobs.registry import DEFAULT
from services.library import users
from services.videos import recovery
from services.videos.states import PENDING
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.rows_renders import patiently
from tests.faults.videos import LONG_AGO_SECONDS, RECOVER
from tests.servers.postgres import postgres
from tests.stack import Stack

ROUNDS = 100
PATIENCE_SECONDS = 60
# Enough for all rounds at once.
SETTINGS = {"API_CALLS_PER_MINUTE": "1000000", "ANALYZE_PER_MINUTE": "100000"}
RUNS = "SELECT id FROM job WHERE type = 'process_video' AND target_id = :id"
RECOVERED = "SELECT count(*) FROM recovery_item WHERE video_id = :id AND outcome = 'triggered'"


@row("55", "three recoveries beside a normal start of a stuck video at once, 100 times, SQLite")
def on_sqlite(kit: Kit) -> Outcome:
    with kit.stack(**SETTINGS) as stack:
        return _raced(stack, ROUNDS * kit.tries)


@row("55b", "three recoveries beside a normal start of a stuck video at once, 100 times, PostgreSQL")
def on_postgresql(kit: Kit) -> Outcome:
    with postgres() as url, kit.stack(DATABASE_URL=url, **SETTINGS) as stack:
        return _raced(stack, ROUNDS * kit.tries)


def _raced(stack: Stack, rounds: int) -> Outcome:
    """Two recoveries in this process, one in a worker, and a person's click; their queue is held back meanwhile."""
    winners: Counter[str] = Counter()
    made: list[int] = []
    with inside(stack) as app:
        pauses.pause([DEFAULT], by="the races")
        try:
            for number in range(rounds):
                made.append(_round(stack, app, _stuck(number), winners))
        finally:
            pauses.resume([DEFAULT], by="the races")
    told = winners.total() - rounds
    breaches = [f"{winners.total()} said that they had started {rounds} videos"] * (told != 0)
    note = ", ".join(f"{who} was first {times} times" for who, times in sorted(winners.items()))
    return Outcome(rounds, made.count(0), sum(n - 1 for n in made if n), breaches=tuple(breaches), note=note)


def _stuck(number: int) -> str:
    """A video that has waited for an hour, and that nobody works at."""
    video_id = f"raced-{number}"
    long_ago = db_now() - LONG_AGO_SECONDS
    facts: dict[str, Any] = {"status": PENDING, "media_key": f"videos/{video_id}/source.mp4", "name": video_id}
    facts |= {"created_at": long_ago, "updated_at": long_ago}
    owner_id = users.default_owner().id
    with transaction() as session:
        session.execute(insert(Video).values(id=video_id, owner_id=owner_id, tenant_id="fault", **facts))
    return video_id


def _round(stack: Stack, app: Flask, video_id: str, winners: Counter[str]) -> int:
    """How many runs were made of the video."""
    barrier = threading.Barrier(4)

    def recover() -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            patiently(lambda: recovery.run(by="fault"))

    def call(path: str) -> dict[str, Any]:
        barrier.wait(PATIENCE_SECONDS)
        return stack.post(path)

    deeds: list[Callable[[], Any]] = [recover, recover, lambda: call(RECOVER)]
    with ThreadPoolExecutor(4) as pool:
        recoveries = [pool.submit(deed) for deed in deeds]
        click = pool.submit(call, f"/api/videos/{video_id}/process").result(PATIENCE_SECONDS)
        for each in recoveries:
            each.result(PATIENCE_SECONDS)
    winners["the click"] += not click["already_running"]
    winners["a recovery"] += int(stack.rows(RECOVERED, id=video_id)[0][0])
    jobs = [job_id for (job_id,) in stack.rows(RUNS, id=video_id)]
    for job_id in jobs:
        operations.cancel(job_id)  # so that the next round is about the next video only
    return len(jobs)
