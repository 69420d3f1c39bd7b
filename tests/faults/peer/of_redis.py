"""Redis goes, with its data or without, and what it answers is lost."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from redis.exceptions import RedisError

from tests.faults.chaos import PASS, ChaosProxy, Mood, once
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer.site import CAP_SECONDS, Site, dashboard, site

QUEUED, WORKERS = 200, 2
OUTAGE_SECONDS, POLLERS, POLL_SECONDS = 30.0, 50, 1.0
# An enqueue is three transactions; only the last of them can be lost to any effect.
PUSH_UNANSWERED = Mood(drops_reply_to=(b"RPUSH",))


def data_lost(kit: Kit) -> Outcome:
    """FLUSHALL with 200 queued and two running."""
    with kit.redis(append_only=False) as redis, site(kit, redis.url) as peer:
        items = [f"job{number}" for number in range(QUEUED + WORKERS)]
        for number, item in enumerate(items):
            peer.enqueue(item, 3.0 if number < WORKERS else 0.02)
        peer.work(WORKERS)
        peer.wait(lambda: all(worker.horses() for worker in peer.workers), 30)
        redis.flush()
        peer.wait(lambda: sum(peer.done().values()) >= WORKERS, 30)
        # Nothing is left in Redis that could tell of the others; what the workers run now is all that there will be.
        peer.wait(lambda: not any(worker.horses() for worker in peer.workers), 30)
        return peer.outcome(items, note=f"Redis knows {peer.redis.dbsize()} keys afterwards, none of them a job")


def redis_away(kit: Kit) -> Outcome:
    """Redis is killed for 30 s and comes back with its data, while 50 clients poll rq-dashboard."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer, dashboard(peer) as client:
        items = [f"job{number}" for number in range(20)]
        for item in items:
            peer.enqueue(item, 2.0)
        peer.work(WORKERS)
        peer.wait(lambda: all(worker.horses() for worker in peer.workers), 30)
        with _Pollers(client, peer.ids[items[0]]) as pollers:
            time.sleep(3)  # so that what was written is in the file: it is synced every second
            redis.kill()
            peer.wait(lambda: False, OUTAGE_SECONDS / 2)
            refused = _refused(peer)
            peer.wait(lambda: False, OUTAGE_SECONDS / 2)
        redis.start()
        recovery = peer.wait(peer.all_over)
        breaches = [*pollers.breaches(), *refused]
        states = dict(Counter(peer.statuses().values()))
        note = f"{CAP_SECONDS:.0f} s after Redis came back RQ says {states}" if recovery is None else ""
        return peer.outcome(items, recovery, gave_up_after_seconds=CAP_SECONDS, breaches=tuple(breaches), note=note)


def _refused(peer: Site) -> list[str]:
    began = time.monotonic()
    try:
        peer.enqueue("late")
    except RedisError as e:
        return [f"new work was refused ({type(e).__name__}) after {time.monotonic() - began:.1f} s"]
    return []


class _Pollers:
    """Fifty clients that ask for a job's state once a second."""

    def __init__(self, client: httpx.Client, job_id: str) -> None:
        self._client, self._path = client, f"/0/data/job/{job_id}.json"
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(POLLERS)
        self.codes: Counter[str] = Counter()
        self.seconds: list[float] = []

    def __enter__(self) -> "_Pollers":
        for _ in range(POLLERS):
            self._pool.submit(self._poll)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()

    def _poll(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            began = time.monotonic()
            try:
                code = str(self._client.get(self._path).status_code)
            except httpx.HTTPError as e:
                code = type(e).__name__
            self.codes[code] += 1
            self.seconds.append(time.monotonic() - began)

    def breaches(self) -> list[str]:
        bad = {code: number for code, number in self.codes.items() if code != "200"}
        if not bad:
            return []
        return [f"of {sum(self.codes.values())} polls {bad} failed; the slowest took {max(self.seconds):.1f} s"]


def reply_lost(kit: Kit) -> Outcome:
    """Redis does what it was told, and the reply to it is lost: redis-py sends it again."""
    with (
        kit.redis(append_only=True) as redis,
        ChaosProxy(redis.socket, listen=f"{redis.socket}.chaos") as proxy,
        site(kit, redis.url) as peer,
        site(kit, f"unix://{proxy.address}") as client,
    ):
        peer.work()
        items = [f"job{number}" for number in range(max(10, kit.tries))]
        client.effects = peer.effects
        for item in items:
            proxy.mood = once(PUSH_UNANSWERED)
            client.enqueue(item)
        proxy.mood = PASS
        client.enqueue("last")
        peer.wait(lambda: peer.done()["last"], 60)
        return peer.outcome(items)
