"""A hundred clicks on one button at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from services.jobs import pauses
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.servers.postgres import postgres
from tests.stack import Stack
from tests.waiting import wait_until

CLICKS = 100
WEB_PROCESSES = "4"
PATIENCE_SECONDS = 60


@row("9", "Analyze clicked 100 times at once, SQLite", short=True)
def on_sqlite(kit: Kit) -> Outcome:
    """On whatever `BACKEND` says, if it says anything: then this is row 9b."""
    with kit.shared_stack(WEB_PROCESSES=WEB_PROCESSES) as stack:
        return _clicked(stack)


@row("9b", "Analyze clicked 100 times at once, PostgreSQL")
def on_postgresql(kit: Kit) -> Outcome:
    with postgres() as url, kit.stack(WEB_PROCESSES=WEB_PROCESSES, DATABASE_URL=url) as stack:
        return _clicked(stack)


def _clicked(stack: Stack) -> Outcome:
    """Its queue is held back meanwhile, so that the job of the first click is there for the last one."""
    song = int(stack.post("/api/songs", title="Clicked", lyrics="la la la")["id"])
    with inside(stack):
        pauses.pause(["high"], by="the clicks")
        try:
            with ThreadPoolExecutor(CLICKS) as pool:
                barrier = threading.Barrier(CLICKS)
                answers = list(pool.map(lambda _: _click(stack, song, barrier), range(CLICKS)))
        finally:
            pauses.resume(["high"], by="the clicks")
    jobs = {job_id for (job_id,) in stack.rows("SELECT id FROM job WHERE target_id = :song", song=str(song))}
    finished = "SELECT id FROM job WHERE status = 'finished' AND target_id = :song"
    wait_until(lambda: stack.rows(finished, song=str(song)), "the job is done", within_seconds=60)
    return Outcome(CLICKS, int(not jobs), max(0, len(jobs) - 1), breaches=_breaches(answers, jobs))


def _click(stack: Stack, song: int, barrier: threading.Barrier) -> httpx.Response:
    with httpx.Client(base_url=stack.url, timeout=PATIENCE_SECONDS, headers=stack.client.headers) as client:
        barrier.wait(PATIENCE_SECONDS)
        return client.post(f"/api/songs/{song}/analyze")


def _breaches(answers: list[httpx.Response], jobs: set[str]) -> tuple[str, ...]:
    refused = [answer.status_code for answer in answers if answer.status_code != 202]
    told = [answer.json() for answer in answers if answer.status_code == 202]
    first = sum(not answer["already_running"] for answer in told)
    wrong = [f"{len(refused)} clicks were answered {sorted(set(refused))}"] if refused else []
    wrong += [f"{first} clicks were told to be the first"] if first != 1 else []
    return tuple(wrong + ["not all were told the same job"] * ({answer["job_id"] for answer in told} != jobs))
