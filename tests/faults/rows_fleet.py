"""What a fleet shows of its dead (rows 35, 43), and what a fork must not share (row 41)."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import psutil

import clock
from extensions import redis
from services.fleet.health import GONE_SECONDS, STALE_SECONDS, worker_health
from services.fleet.lost import lost_workers
from services.jobs.submit import submit
from store import keys
from store.workers import read_workers
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.processes import all_ended, await_start, worker_of
from tests.servers.postgres import postgres
from tests.stack import Stack
from tests.waiting import wait_until

FORKS = 200
TOLD_WITHIN_SECONDS = 60.0
STUMBLING = 40


@row("35", "a dead worker is told of: stale, then gone, with its job", bound_seconds=STALE_SECONDS + 1, short=True)
def dead_worker_told(kit: Kit) -> Outcome:
    """The short form puts the last sign of life back instead of waiting, and measures from then.

    The bound is `STALE_SECONDS`, and a second for a look at it.
    """
    with kit.shared_stack() as stack, inside(stack):
        go_on = kit.fresh("go")
        job_id = submit("hold", params={"until": str(go_on)}).job_id
        await_start(stack, job_id)
        name = str(stack.rows("SELECT lease_owner FROM job WHERE id = :id", id=job_id)[0][0])
        killed = time.monotonic()
        worker_of(stack, job_id).kill()
        if kit.short:
            _make_silent_for(name, STALE_SECONDS + 1)
            killed = time.monotonic()
        wait_until(lambda: _told_state(stack, name) == "stale", "it is stale", within_seconds=120)
        seconds = time.monotonic() - killed
        breaches = [*_not_told_when_stale(name, job_id), *_not_told_when_gone(name, job_id)]
        go_on.touch()
        all_ended(stack, [job_id])
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), [job_id])
    note = (
        "from when the sign of life was put back"
        if kit.short
        else f"gone after {GONE_SECONDS} s: sign of life put back"
    )
    return Outcome(1, lost, doubled, seconds, tuple(breaches), note)


def _told_state(stack: Stack, name: str) -> str | None:
    workers = stack.get("/api/worker/health")["workers"]
    return next((str(worker["state"]) for worker in workers if worker["name"] == name), None)


def _not_told_when_stale(name: str, job_id: str) -> list[str]:
    _make_silent_for(name, STALE_SECONDS + 1)
    states = {worker["name"]: worker["state"] for worker in worker_health().workers}
    wrong = [f"{STALE_SECONDS + 1} s later its state is told as {states.get(name)!r}"] * (states.get(name) != "stale")
    return wrong + ["the job of the dead worker is not linked"] * (_lost_jobs().get(name) != job_id)


def _not_told_when_gone(name: str, job_id: str) -> list[str]:
    _make_silent_for(name, GONE_SECONDS + 1)
    still_there = any(worker["name"] == name for worker in worker_health().workers)
    wrong = [f"{GONE_SECONDS + 1} s later it still counts among the workers"] * still_there
    return wrong + ["the job of the worker that is gone is not linked"] * (_lost_jobs().get(name) != job_id)


def _make_silent_for(name: str, seconds: float) -> None:
    """As if the dead worker's last sign of life had been so long ago."""
    redis.client.delete(f"rq:worker:{name}")  # it goes by itself, after a while
    redis.client.hset(keys.worker(name), "beat_at", clock.now() - seconds)


def _lost_jobs() -> dict[str, str | None]:
    return {worker.name: worker.job_id for worker in lost_workers(read_workers(redis.client))}


@row("41", "200 forks of a worker that has database connections")
def forked_connections(kit: Kit) -> Outcome:
    """Each job says which process opened the connection that it used: it must be its own. SQLite, then PostgreSQL."""
    outcomes = []
    for database in ("SQLite", "PostgreSQL"):
        with ExitStack() as closing:
            settings = {} if database == "SQLite" else {"DATABASE_URL": closing.enter_context(postgres())}
            stack = closing.enter_context(kit.stack(WORKERS="4", **settings))
            closing.enter_context(inside(stack))
            outcomes.append(forks(stack, FORKS, database))
    first, second = outcomes
    return Outcome(
        first.tried + second.tried,
        first.lost + second.lost,
        first.doubled + second.doubled,
        None,
        first.breaches + second.breaches,
        "SQLite and PostgreSQL",
    )


def forks(stack: Stack, number: int, database: str) -> Outcome:
    """So many jobs, each of which says whose connection it works with."""
    jobs = [submit("tell_connection").job_id for _ in range(number)]
    live = "SELECT count(*) FROM job WHERE status IN ('queued', 'started', 'scheduled')"
    wait_until(lambda: stack.rows(live)[0][0] == 0, "every job ends", within_seconds=300)
    lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), jobs)
    results = [stack.get(f"/api/progress/{job_id}").get("result") or {} for job_id in jobs]
    shared = sum(result.get("opened_by") != result.get("pid") for result in results)
    processes = len({result.get("pid") for result in results})
    breaches = [f"{database}: {shared} jobs used a connection of another process"] * (shared > 0)
    breaches += [f"{database}: only {processes} processes ran {number} jobs"] * (processes < number)
    return Outcome(number, lost, doubled, None, tuple(breaches))


@row("43", "janitor killed, and kept away, under load", bound_seconds=20)
def janitor_dead(kit: Kit) -> Outcome:
    """Each job fails once and waits for its second try, which only a janitor can give it; others need none."""
    with kit.stack(JANITOR_INTERVAL_SECONDS="2") as stack, inside(stack):
        with _kept_away(stack, "janitor"):
            killed = time.monotonic()
            jobs = [submit("stumble_once").job_id for _ in range(STUMBLING)]
            jobs += [submit("toil", params={"seconds": 0.1}).job_id for _ in range(STUMBLING)]
            wait_until(lambda: "janitor" in _not_ready(stack), "readiness tells", within_seconds=90)
            told_seconds = time.monotonic() - killed
            waiting = stack.rows("SELECT count(*) FROM job WHERE status = 'scheduled'")[0][0]
        back = time.monotonic()
        all_ended(stack, jobs)
        seconds = time.monotonic() - back
        wait_until(lambda: "janitor" not in _not_ready(stack), "readiness is content again", within_seconds=20)
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), jobs)
    breaches = [f"readiness told only after {told_seconds:.0f} s"] * (told_seconds > TOLD_WITHIN_SECONDS)
    breaches += [f"only {waiting} jobs waited for it"] * (waiting < STUMBLING)
    return Outcome(len(jobs), lost, doubled, seconds, tuple(breaches), f"readiness told after {told_seconds:.0f} s")


def _not_ready(stack: Stack) -> str:
    """What `/readyz` names as missing."""
    answer = stack.client.get("/readyz")
    return "" if answer.status_code == 200 else answer.text


@contextmanager
def _kept_away(stack: Stack, role: str) -> Iterator[None]:
    """Kill the processes of that role, and whatever the supervisor starts in their place."""
    over = Event()

    def keep_away() -> None:
        while not over.wait(0.1):
            with suppress(psutil.Error):  # it has gone already
                for process in stack.processes(role):
                    process.kill()

    killer = Thread(target=keep_away)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()
