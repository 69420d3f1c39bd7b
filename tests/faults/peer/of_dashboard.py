"""rq-dashboard beside a long queue, and with names that are markup."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Page
from redis import Redis
from redis.utils import str_if_bytes
from rq import Queue, SimpleWorker

from tests.browsing import chromium
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer import jobs
from tests.faults.peer.site import Site, dashboard, site

DEPTHS = FEW, MANY = 1_000, 100_000
MOST_RATIO = 3.0  # what ours promises
PAGES = ("/0/data/queues.json", "/0/data/workers.json", "/0/data/jobs/default/queued/8/asc/1.json")
LOOKS = 15


@dataclass(frozen=True, slots=True)
class Visit:
    """What loading one page took: the quickest time of a few, and the commands that Redis was sent for one."""

    milliseconds: float
    commands: int
    writes: int


def long_queue(kit: Kit) -> Outcome:
    """Its data pages with 1,000 and 100,000 waiting; each is asked for every few seconds by every open browser."""
    with kit.redis(append_only=False) as redis, site(kit, redis.url) as peer, dashboard(peer) as client:
        visits: dict[int, dict[str, Visit]] = {}
        for depth in DEPTHS:
            _fill(peer, depth)
            visits[depth] = {page: _visit(peer, client, page) for page in PAGES}
        breaches = [words for page in PAGES for words in _told(page, visits[FEW][page], visits[MANY][page])]
        return Outcome(len(DEPTHS) * len(PAGES), breaches=tuple(breaches))


def _fill(peer: Site, depth: int) -> None:
    queue = peer.queue()
    data = Queue.prepare_data(jobs.append, args=(str(peer.effects), "never"))
    while (missing := depth - len(queue)) > 0:
        queue.enqueue_many([data] * min(missing, 1000))


def _visit(peer: Site, client: httpx.Client, page: str) -> Visit:
    client.get(page)  # the first load of a page is not like the others
    before = _commands(peer.redis)
    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        client.get(page).raise_for_status()
        times.append(time.perf_counter() - began)
    sent = _commands(peer.redis) - before - Counter(info=1)
    writing = {str_if_bytes(name) for name in peer.redis.acl_cat("write")}
    writes = sum(number for name, number in sent.items() if name in writing)
    return Visit(min(times) * 1000, round(sent.total() / LOOKS), round(writes / LOOKS))


def _commands(redis: Redis) -> Counter[str]:
    """How often each command has been sent so far."""
    stats = redis.info("commandstats")
    return Counter({name.removeprefix("cmdstat_"): int(stat["calls"]) for name, stat in stats.items()})


def _told(page: str, few: Visit, many: Visit) -> list[str]:
    ratio = many.milliseconds / few.milliseconds
    if ratio <= MOST_RATIO and not many.writes:
        return []
    return [
        f"{page}: {many.commands} commands to Redis, {many.writes} of them writes; {few.milliseconds:.0f} ms with "
        f"{FEW:,} queued, {many.milliseconds:.0f} ms with {MANY:,}"
    ]


FIELDS = ("description", "error", "result", "meta", "queue", "worker")


def markup_in_names(kit: Kit) -> Outcome:
    """Every text that a job can bring along is markup that would run a script; a browser looks at each page."""
    with kit.redis(append_only=False) as redis, site(kit, redis.url) as peer, dashboard(peer) as client:
        ids = _hostile_jobs(peer)
        pages = [
            *("/0/view/queues", "/0/view/workers", "/0/view/jobs/default/failed/8/asc/1"),
            *("/0/view/jobs/default/finished/8/asc/1", *(f"/0/view/job/{job_id}" for job_id in ids)),
        ]
        with _browser() as page:
            ran = {field for path in pages for field in _scripts_run(page, f"{client.base_url}{path}")}
        breaches = tuple(f"a script in a job's {field} ran in the operator's browser" for field in sorted(ran))
        return Outcome(len(FIELDS), breaches=breaches)


def _payload(field: str) -> str:
    return f"<img src=x onerror=\"window.ran=[...(window.ran||[]),'{field}']\">"


def _hostile_jobs(peer: Site) -> list[str]:
    """Ids of a failed and of a finished job; a worker and a queue are left waiting."""
    queue = peer.queue()
    failed = queue.enqueue(jobs.fail, _payload("error"), description=_payload("description"))
    finished = queue.enqueue(jobs.echo, _payload("result"), description="-", meta={"note": _payload("meta")})
    SimpleWorker([queue], connection=peer.redis).work(burst=True, logging_level="ERROR")
    peer.queue(_payload("queue")).enqueue(jobs.echo, "-")
    idle: Any = SimpleWorker([queue], connection=peer.redis, name=_payload("worker"))
    idle.register_birth()
    return [failed.id, finished.id]


@contextmanager
def _browser() -> Iterator[Page]:
    page = chromium().new_page()
    yield page
    page.close()


def _scripts_run(page: Page, address: str) -> list[str]:
    page.goto(address, wait_until="networkidle")
    ran: list[str] = page.evaluate("window.ran || []")
    return ran
