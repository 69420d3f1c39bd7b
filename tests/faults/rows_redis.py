"""Redis restarts, loses its data, hangs, is slow, is full, forgets, or answers and nobody hears it."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from redis import Redis

import redis_urls
from extensions import redis as own_redis
from services.jobs import pauses, states
from services.jobs.registry import LOW
from services.jobs.submit import submit
from store import keys
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.chaos import BLACK_HOLE, DROP_AFTER_EXEC, PASS, REFUSE, ChaosProxy, Mood, slow
from tests.faults.invariants import STEP_BACK, broken
from tests.faults.kit import Kit, RedisProcess, inside
from tests.faults.outcome import Outcome
from tests.faults.pollers import Polls, polling
from tests.faults.processes import children
from tests.faults.watching import following
from tests.stack import Stack
from tests.waiting import wait_until

# A document whose end did not reach Redis is forgotten by then.
STALE_DOCUMENT_SECONDS = 40
BEFORE_SECONDS, OUTAGE_SECONDS = 3, 30
P99_LIMIT_SECONDS = 0.2
# What a poll may cost when Redis has just gone. What polls took before the fault is the machine's, and comes on top,
# up to half a second.
ONSET_LIMIT_SECONDS, MACHINE_SECONDS = 0.3, 0.5
# A job that is followed through restarts, so that it can be seen whether its bar goes back.
FOLLOWED_ITEMS, FOLLOWED_ITEM_SECONDS = 40, 0.1
RINGS_LOST = Mood(drops_reply_to=(b"\r\nEVALSHA\r\n",))


def toil(seconds: float, number: int, **more: Any) -> list[str]:
    """Ids of `number` new jobs that each take `seconds`."""
    return [submit("toil", params={"seconds": seconds, "n": n}, **more).job_id for n in range(number)]


def until_all_ended(stack: Stack, job_ids: list[str], *, within_seconds: float = 120) -> int:
    """Wait until all of these are over; how many are not."""
    names = ", ".join(f"'{job_id}'" for job_id in job_ids)
    query = f"SELECT count(*) FROM job WHERE id IN ({names}) AND ended_at IS NULL"  # noqa: S608 - ids of our own
    deadline = time.monotonic() + within_seconds
    while (left := int(stack.rows(query)[0][0])) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def outcome(stack: Stack, job_ids: list[str], tried: int, **more: Any) -> Outcome:
    """What became of these jobs, once the invariants hold or have had time enough to."""
    lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), job_ids)
    deadline = time.monotonic() + STALE_DOCUMENT_SECONDS
    while (wrong := broken(stack.engine, stack.settings.effective_redis_url)) and time.monotonic() < deadline:
        time.sleep(0.5)
    breaches = (*more.pop("breaches", ()), *wrong)
    return Outcome(tried, lost, doubled, breaches=breaches, **more)


@contextmanager
def proxied(kit: Kit, server: RedisProcess, **settings: str) -> Iterator[tuple[Stack, ChaosProxy]]:
    """A Backbeat that reaches its Redis through a proxy."""
    listen = Path("/tmp") / f"backbeat-chaos-{uuid4().hex}.sock"
    with ChaosProxy(server.socket, listen) as proxy, kit.stack(REDIS_URL=f"unix://{listen}", **settings) as stack:
        yield stack, proxy
    listen.unlink(missing_ok=True)


@row("3", "Redis restarted (AOF) at random moments", bound_seconds=90)
def restarted(kit: Kit) -> Outcome:
    dice = random.Random(kit.seed)
    tries = 4 * kit.tries
    job_ids: list[str] = []
    breaches: list[str] = []
    worst = 0.0
    with kit.redis(append_only=True) as server, kit.stack(REDIS_URL=server.url, **kit.leases) as stack, inside(stack):
        for _ in range(tries):
            job_ids += toil(0.3, 10)
            parent = submit("toil_for_all", params={"size": FOLLOWED_ITEMS, "seconds": FOLLOWED_ITEM_SECONDS}).job_id
            with following(stack, parent) as fell:
                time.sleep(dice.uniform(0.0, 1.5))
                server.kill()
                time.sleep(dice.uniform(0.0, 1.0))
                server.start()
                back = time.monotonic()
                until_all_ended(stack, [*job_ids, parent])
                worst = max(worst, time.monotonic() - back)
            job_ids += children(stack, parent)
            breaches += fell
        note = f"{len(job_ids)} jobs"
        return outcome(stack, job_ids, tries, recovery_seconds=worst, breaches=breaches, note=note)


def _all_data_lost(kit: Kit, stack: Stack, lose: Callable[[], None]) -> Outcome:
    """200 jobs wait, two run, one queue is paused; then Redis is empty."""
    go_on = kit.fresh("go")
    running = [submit("hold", params={"until": str(go_on), "n": n}).job_id for n in range(2)]
    wait_until(lambda: len(stack.rows("SELECT id FROM job WHERE status = 'started'")) >= 1, "a job runs")
    waiting = toil(0.02, 200)
    pauses.pause([LOW], by="the row")
    held = toil(0.0, 3, queue=LOW)
    lose()
    lost_at = time.monotonic()
    go_on.touch()
    until_all_ended(stack, running + waiting)
    seconds = time.monotonic() - lost_at
    still_held = len(stack.rows("SELECT id FROM job WHERE queue = 'low' AND status = 'queued'"))
    breaches = [] if still_held == len(held) else [f"{len(held) - still_held} jobs of a paused queue ran"]
    pauses.resume([LOW], by="the row")
    until_all_ended(stack, held)
    everything = running + waiting + held
    return outcome(stack, everything, len(everything), recovery_seconds=seconds, breaches=breaches)


@row("4", "FLUSHALL with 200 jobs in line, some running, one queue paused", bound_seconds=90, short=True)
def flushed(kit: Kit) -> Outcome:
    with kit.shared_stack(**kit.leases) as stack, inside(stack), _redis_of(stack) as redis:
        return _all_data_lost(kit, stack, redis.flushall)


@row("4b", "Redis restarted without its data, the same", bound_seconds=90)
def restarted_empty(kit: Kit) -> Outcome:
    with kit.redis(append_only=False) as server, kit.stack(REDIS_URL=server.url, **kit.leases) as stack, inside(stack):
        return _all_data_lost(kit, stack, server.restart)


def _outage(kit: Kit, mood: Mood) -> Outcome:
    """For 30 s, while 50 poll, a job and a parent's items run, and somebody goes on asking for analyses."""
    with kit.redis(append_only=False) as server, proxied(kit, server, **kit.leases) as (stack, proxy), inside(stack):
        song_ids = [_song(stack, n) for n in range(OUTAGE_SECONDS)]
        job_ids = toil(OUTAGE_SECONDS * 0.7, 1)
        parent = submit("toil_for_all", params={"size": FOLLOWED_ITEMS, "seconds": 3 * FOLLOWED_ITEM_SECONDS}).job_id
        wait_until(lambda: stack.processes("horse"), "the job runs")
        with polling(stack.url, [f"/api/progress/{job_ids[0]}"]) as polls, following(stack, parent) as fell:
            time.sleep(BEFORE_SECONDS)
            proxy.mood, begun = mood, time.monotonic()
            codes = [_analyze_at(stack, song_id, begun + n) for n, song_id in enumerate(song_ids)]
            time.sleep(max(0.0, begun + OUTAGE_SECONDS - time.monotonic()))
            ended = time.monotonic()
            proxy.mood = PASS
            wait_until(lambda: _all_over(stack), "every job is over", within_seconds=120)
            recovered = time.monotonic() - ended
        analysed = effects.by_song(stack.engine)
        lost, doubled = effects.lost_and_doubled(analysed, [str(song_id) for song_id in song_ids])
        breaches, note = _judged(polls, begun, ended, codes)
        breaches += fell
        job_ids += children(stack, parent)
        made = outcome(stack, job_ids, len(polls), recovery_seconds=recovered, breaches=breaches, note=note)
    return Outcome(made.tried, made.lost + lost, made.doubled + doubled, recovered, made.breaches, made.note)


def _song(stack: Stack, number: int) -> int:
    song_id: int = stack.post("/api/songs", title=f"Song {number}", artist="The Testers", lyrics="La la la")["id"]
    return song_id


def _analyze_at(stack: Stack, song_id: int, at: float) -> int:
    time.sleep(max(0.0, at - time.monotonic()))
    return stack.client.post(f"/api/songs/{song_id}/analyze").status_code


def _all_over(stack: Stack) -> bool:
    return not stack.rows("SELECT id FROM job WHERE ended_at IS NULL LIMIT 1")


def _judged(polls: Polls, begun: float, ended: float, codes: list[int]) -> tuple[list[str], str]:
    """What an outage must not do to those who poll and ask, and the figures in words."""
    before = polls.between(0.0, begun).slowest(0.99)
    first, open_ = polls.between(begun, begun + 1), polls.between(begun + 1, ended)
    p99 = open_.slowest(0.99)
    onset_limit = ONSET_LIMIT_SECONDS + min(before, MACHINE_SECONDS)
    limit = min(max(P99_LIMIT_SECONDS, 1.5 * before), MACHINE_SECONDS)
    breaches = []
    if (slowest := first.slowest()) > onset_limit:
        breaches.append(f"a poll took {slowest:.2f} s when it had just gone, allowed are {onset_limit:.2f} s")
    if refused := polls.refused():
        breaches.append(f"{refused} of {len(polls)} polls were refused")
    if wrong := [code for code in codes if code != 202]:
        breaches.append(f"Analyze was answered {sorted(set(wrong))} {len(wrong)} times")
    if p99 > limit:
        breaches.append(f"p99 of polls was {p99:.3f} s, allowed are {limit:.3f} s")
    if not any(poll.degraded for poll in open_):
        breaches.append("no answer was marked degraded")
    note = (
        f"p99 {before * 1000:.0f} ms before, {p99 * 1000:.0f} ms after (limit {limit * 1000:.0f}); "
        f"slowest at the onset {slowest:.2f} s (limit {onset_limit:.2f})"
    )
    return breaches, note


@row("5", "Redis refuses connections for 30 s, 50 poll", bound_seconds=90)
def refuses(kit: Kit) -> Outcome:
    return _outage(kit, REFUSE)


@row("5b", "Redis hangs (black hole) for 30 s, 50 poll", bound_seconds=90)
def hangs(kit: Kit) -> Outcome:
    return _outage(kit, BLACK_HOLE)


@row("5c", "Redis answers 0.4 s late for 30 s, 50 poll", bound_seconds=90)
def answers_late(kit: Kit) -> Outcome:
    return _outage(kit, slow(delay_seconds=0.4))


@row("5d", "Redis drips 1 kB/s for 30 s, 50 poll", bound_seconds=90)
def drips(kit: Kit) -> Outcome:
    return _outage(kit, slow(bytes_per_second=1000))


@row("19", "live progress deleted, or expired, in mid-run", short=True)
def forgotten(kit: Kit) -> Outcome:
    seconds, times = 4.0, 8
    told: list[dict[str, Any]] = []
    with kit.shared_stack() as stack, inside(stack), redis_urls.client(stack.settings.effective_redis_url) as redis:
        job_id = submit("toil_for_all", params={"size": 100, "seconds": seconds / 100}).job_id
        over = threading.Event()
        reader = threading.Thread(target=_read_until, args=(stack, job_id, over, told))
        wait_until(lambda: stack.processes("horse"), "the job runs")
        reader.start()
        for n in range(times):
            if n % 2:
                redis.pexpire(keys.progress(job_id), 1)
            else:
                redis.delete(keys.progress(job_id))
            time.sleep(seconds / 2 / times)
        stack.ended(job_id)
        over.set()
        reader.join()
        children = [str(child) for (child,) in stack.rows("SELECT id FROM job WHERE parent_id = :id", id=job_id)]
        worst = max((before["progress"] - after["progress"] for before, after in pairwise(told)), default=0.0)
        breaches = [] if worst <= STEP_BACK else [f"the bar fell back by {worst:.1%}"]
        breaches += [
            f"{after['status']} followed {before['status']}" for before, after in pairwise(told) if _fell(before, after)
        ]
        note = f"{len(told)} answers read; the bar fell back by {max(0.0, worst):.1%} at most"
        return outcome(stack, children, times, breaches=breaches, note=note)


def _fell(before: dict[str, Any], after: dict[str, Any]) -> bool:
    order = (states.QUEUED, states.STARTED, states.FINISHED)
    return order.index(after["status"]) < order.index(before["status"])


def _read_until(stack: Stack, job_id: str, over: threading.Event, told: list[dict[str, Any]]) -> None:
    while not over.wait(0.02):
        told.append(stack.get(f"/api/progress/{job_id}"))


@row("31", "reply of a ring lost after it was rung", bound_seconds=20)
def reply_of_ring_lost(kit: Kit) -> Outcome:
    number, worst = 20 * kit.tries, 0.0
    job_ids: list[str] = []
    with kit.redis(append_only=False) as server, proxied(kit, server) as (stack, proxy), inside(stack):
        for _ in range(number):
            proxy.mood, asked = RINGS_LOST, time.monotonic()
            job_ids += toil(0.0, 1)
            proxy.mood = PASS
            until_all_ended(stack, job_ids)
            worst = max(worst, time.monotonic() - asked)
            wait_until(own_redis.client.ping, "the breaker closes")
        breaches = [] if proxy.harmed >= number else [f"only {proxy.harmed} of {number} replies were lost"]
        return outcome(stack, job_ids, number, recovery_seconds=worst, breaches=breaches)


@row("31b", "reply of every Redis transaction and script lost for 5 s", bound_seconds=90)
def replies_lost(kit: Kit) -> Outcome:
    with kit.redis(append_only=False) as server, proxied(kit, server) as (stack, proxy), inside(stack):
        job_ids = toil(0.1, 20)
        proxy.mood = DROP_AFTER_EXEC
        time.sleep(5)
        harmed = proxy.harmed
        proxy.mood, back = PASS, time.monotonic()
        until_all_ended(stack, job_ids)
        seconds = time.monotonic() - back
        return outcome(stack, job_ids, harmed, recovery_seconds=seconds, note="lease 3 s")


@row("36", "Redis at maxmemory (noeviction)", bound_seconds=90, short=True)
def full(kit: Kit) -> Outcome:
    with kit.shared_stack(**kit.leases) as stack, _redis_of(stack) as redis:
        song_ids = [_song(stack, n) for n in range(5)]
        with _without_room(redis):
            codes = [_analyze_at(stack, song_id, 0.0) for song_id in song_ids]
            page = stack.client.get("/admin/queues").text
            polled = [
                stack.client.get(f"/api/progress/{job}").status_code for (job,) in stack.rows("SELECT id FROM job")
            ]
        back = time.monotonic()
        wait_until(lambda: _all_over(stack), "every job is over", within_seconds=120)
        seconds = time.monotonic() - back
        breaches = [
            f"{what} answered {codes}"
            for what, codes, good in (("Analyze", codes, 202), ("polls", polled, 200))
            if set(codes) != {good}
        ]
        breaches += [] if "Redis is full" in page else ["no banner says that Redis is full"]
        lost, doubled = effects.lost_and_doubled(effects.by_song(stack.engine), [str(song_id) for song_id in song_ids])
        made = outcome(stack, [], len(song_ids), recovery_seconds=seconds, breaches=breaches)
    return Outcome(made.tried, lost, doubled, seconds, made.breaches)


def _redis_of(stack: Stack) -> Redis:
    return redis_urls.client(stack.settings.effective_redis_url)


@contextmanager
def _without_room(redis: Redis) -> Iterator[None]:
    redis.config_set("maxmemory", 1)
    try:
        yield
    finally:
        redis.config_set("maxmemory", 0)
