"""Processes that die at the worst moments: at each named place, with what they had under way there."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
from sqlalchemy import insert, update
from ulid import ULID

import crashpoints
from extensions import db_now, transaction
from models import Job, Schedule
from services.jobs.registry import job_type
from services.jobs.submit import new_row, submit
from store.progress import LIVE_TTL_SECONDS
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.invariants import broken
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.processes import children, seconds_until
from tests.stack import Stack
from tests.waiting import wait_until

JOBS = 4
CHILDREN, MANY_CHILDREN = 12, 600  # children are made 500 at a time
STORM_JOBS = 300
IN_A_PARENT = ("P1", "P2", "P3", "P4")
IN_A_WORKER = ("C1", "C2", "C3", "C4", "C5", "C6")

# Asks for work of which a part will come to a place; the jobs' ids.
Ask = Callable[[str], list[str]]


@contextmanager
def lit(stack: Stack, place: str) -> Iterator[None]:
    """Let the next one die who comes to this place; on leaving, somebody must have."""
    fuse = crashpoints.fuse(stack.settings.data_dir, place)
    fuse.touch()
    try:
        yield
        wait_until(lambda: not fuse.exists(), f"somebody dies at {place}", within_seconds=120)
    finally:
        fuse.unlink(missing_ok=True)


def _at_each(kit: Kit, places: Iterable[str], ask: Ask) -> Outcome:
    """Die at each place in turn, and count what became of the promises."""
    seconds: dict[str, float] = {}
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        asked: list[str] = []
        for place in [place for place in places for _ in range(kit.tries)]:
            with lit(stack, place):
                asked += ask(place)
            seconds[place] = max(seconds.get(place, 0.0), _until_over(stack, place))
        _await_news(stack)
        return _judged(stack, [job for one in asked for job in children(stack, one) or [one]], seconds)


def _await_news(stack: Stack) -> None:
    """Who dies between the commit of an end and the news of it leaves a document that nobody believes for long."""
    url = stack.settings.effective_redis_url
    wait_until(lambda: not broken(stack.engine, url), "what is told is what is", within_seconds=LIVE_TTL_SECONDS + 10)


def _until_over(stack: Stack, place: str) -> float:
    died = time.monotonic()
    return seconds_until(lambda: not _live(stack), f"all is over after {place}", since=died, within_seconds=120)


def _live(stack: Stack) -> int:
    return len(stack.rows("SELECT id FROM job WHERE status NOT IN ('finished', 'failed', 'canceled')"))


def _judged(stack: Stack, wanted: list[str], seconds: dict[str, float]) -> Outcome:
    written = effects.by_job(stack.engine)
    lost = sum(written[name] == 0 for name in wanted)
    doubled = sum(max(0, written[name] - 1) for name in wanted)
    note = f"lease {stack.settings.lease_seconds:g} s; " + ", ".join(f"{p} {s:.1f}" for p, s in seconds.items())
    return Outcome(len(wanted), lost, doubled, max(seconds.values()), _not_finished(stack, wanted), note)


def _not_finished(stack: Stack, wanted: list[str]) -> tuple[str, ...]:
    rows = stack.rows("SELECT id, status, error FROM job WHERE status <> 'finished'")
    return tuple(f"job {job_id} has {status}: {error}" for job_id, status, error in rows if job_id in set(wanted))


def _toils(_place: str) -> list[str]:
    return [submit("toil", params={"seconds": 0.05}).job_id for _ in range(JOBS)]


def _unrung(_place: str) -> list[str]:
    return [_never_rung_for() for _ in range(JOBS)]


def _never_rung_for() -> str:
    """A job as it stands if Redis was away while it was taken in; a short one would be taken without a ring."""
    job_id, kind = str(ULID()), job_type("sit_deaf")
    values = {"type": kind.name, "queue": kind.queue, "params": {"seconds": 0}, "max_attempts": kind.max_attempts}
    with transaction() as session:
        session.execute(insert(Job).values(new_row(job_id, values | {"dispatched_at": None})))
    return job_id


def _parent(place: str) -> list[str]:
    return [submit("toil_for_all", params={"size": MANY_CHILDREN if place == "P1" else CHILDREN}).job_id]


@row("C1-C6", "worker dies at C1, C2, C3, C4, C5, C6 (row 44: C4)", bound_seconds=20, short=True)
def in_a_worker(kit: Kit) -> Outcome:
    in_short = [place for place in IN_A_WORKER if place != "C5"]  # its last document lives for half a minute
    return _at_each(kit, in_short if kit.short else IN_A_WORKER, _toils)


@row("C7-C8", "janitor dies before and after it rings for lost work (row 10)", bound_seconds=20, short=True)
def in_the_janitor(kit: Kit) -> Outcome:
    return _at_each(kit, ("C7", "C8"), _unrung)


@row("P1-P4", "parent's worker dies: children half made, not rung for, gate before and after commit", bound_seconds=60)
def in_a_parent(kit: Kit) -> Outcome:
    """A child that is missing or there twice would show in the number of those that were wanted."""
    outcome = _at_each(kit, IN_A_PARENT, _parent)
    size = (MANY_CHILDREN + CHILDREN * 3) * kit.tries
    return replace(outcome, lost=outcome.lost + size - outcome.tried)


@row("S1-S2", "janitor dies when it has taken a run by the clock, and when it has submitted its job", bound_seconds=60)
def by_the_clock(kit: Kit) -> Outcome:
    """A run that its janitor left is taken for abandoned after 30 s, and its very job is submitted."""
    with kit.stack(**kit.leases) as stack, inside(stack):
        seconds = {place: _tick_left_at(stack, place, number) for number, place in enumerate(("S1", "S2"), start=1)}
        made = len(stack.rows("SELECT id FROM job WHERE type = 'prune_history' AND status = 'finished'"))
        taken = len(stack.rows("SELECT id FROM schedule_run WHERE name = 'clean_up'"))
    note = ", ".join(f"{place} {after:.1f}" for place, after in seconds.items())
    return Outcome(2, max(0, 2 - made), max(made, taken) - 2, max(seconds.values()), note=note)


def _tick_left_at(stack: Stack, place: str, runs: int) -> float:
    wait_until(lambda: stack.rows("SELECT 1 FROM schedule WHERE name = 'clean_up'"), "the schedule is there")
    with lit(stack, place), transaction() as session:
        session.execute(update(Schedule).where(Schedule.name == "clean_up").values(next_at=db_now() - 1))
    noted = "SELECT id FROM schedule_run WHERE name = 'clean_up' AND note = ''"
    return seconds_until(
        lambda: len(stack.rows(noted)) == runs and not _live(stack),
        f"the run left at {place} is done",
        within_seconds=90,
    )


@row(
    "C0", "web process dies before (C0a) and after (C0b) a job is committed (rows 8, 10)", bound_seconds=20, short=True
)
def in_a_request(kit: Kit) -> Outcome:
    """Before: nothing was promised, and whoever sees the connection break asks again. After: it is done unasked."""
    with kit.shared_stack(**kit.leases) as stack:
        before, after = (_song(stack, place) for place in ("C0a", "C0b"))
        answered = [place for place, song in (("C0a", before), ("C0b", after)) if not _dies(stack, place, song)]
        left = _jobs_for(stack, before)
        died = time.monotonic()
        wait_until(lambda: not _breaks(stack, before), "the second click is answered")
        wait_until(lambda: not _live(stack), "every job is over", within_seconds=60)
        seconds = time.monotonic() - died
        written = effects.by_song(stack.engine)
        numbers = [max(written[str(song)], _jobs_for(stack, song)) for song in (before, after)]
        lost = sum(written[str(song)] == 0 for song in (before, after))
    breaches = [f"the click at {place} was answered" for place in answered] + ["C0a left a job behind"] * left
    return Outcome(2, lost, sum(max(0, number - 1) for number in numbers), seconds, tuple(breaches))


def _song(stack: Stack, title: str) -> int:
    return int(stack.post("/api/songs", title=f"{title} {ULID()}", lyrics="la la la")["id"])


def _dies(stack: Stack, place: str, song: int) -> bool:
    """Whether the click got no answer, since the process died at it."""
    with lit(stack, place):
        return _breaks(stack, song)


def _breaks(stack: Stack, song: int) -> bool:
    try:
        stack.post(f"/api/songs/{song}/analyze")
    except httpx.TransportError:
        return True
    return False


def _jobs_for(stack: Stack, song: int) -> int:
    query = "SELECT id FROM job WHERE target_type = 'song' AND target_id = :song"
    return len(stack.rows(query, song=str(song)))


@row("storm", "deaths at C1 to C6 at random under 300 jobs", bound_seconds=90)
def storm(kit: Kit) -> Outcome:
    """It ends while there are jobs enough that none is likely to be hit three times in a row, and set aside for it."""
    chance, deaths = random.Random(kit.seed), 0
    with kit.stack(**kit.leases) as stack, inside(stack):
        jobs = [submit("toil", params={"seconds": 0.1}).job_id for _ in range(STORM_JOBS)]
        while _live(stack) > STORM_JOBS / 5:
            with lit(stack, chance.choice(IN_A_WORKER)):
                deaths += 1
        outcome = _judged(stack, jobs, {"storm": _until_over(stack, "the storm")})
    return replace(outcome, note=f"{deaths} deaths; {outcome.note}")
