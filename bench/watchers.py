"""`python -m bench.watchers`: what 100 to 10,000 browsers that watch running jobs cost, and how fresh their news are.

Each browser asks by the rules of `progress-polling.js` (bench/rhythm.py) over a kept connection, with the ETag it
knows, and obeys a loaded server that says when to ask again. 100 jobs run and tell news twice a second. The server is
Backbeat's as it is deployed, with its default settings, so its CPU stays bounded and it is the news that grow older.
How long a piece of news waits is from when Redis had it to when a browser that had not seen it shows a newer one.
"""

import asyncio
import math
import random
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from flask import Flask
from sqlalchemy import select

import clock
from app import create_app
from bench.browser import Answer, Connection
from bench.figures import percentile
from bench.measuring import Effort, finish, parser
from bench.noise import cpu_seconds, memory_megabytes
from bench.results import Curve, Findings
from bench.rhythm import next_delay_ms
from bench.running import running_jobs
from bench.servers import answers, folder, free_port, process, python, redis_server, wait_for
from extensions import db
from models import Job
from services.jobs.documents import LiveState, document, json_head
from store.progress import ProgressStore

SIZES = (100, 300, 1000, 3000, 10_000)
USUAL = 1000
JOBS, NEWS_PER_SECOND = 100, 2.0
JOB_SECONDS, MOST_PROGRESS = 120.0, 0.98
ARRIVAL_SECONDS, LONGEST_WARM_UP_SECONDS = 8.0, 45.0
PATIENCE_SECONDS = 10.0
FILES = 20_000


@dataclass(slots=True)
class Newsroom:
    """Jobs that run, each a bit further along than the one before, and when each piece of their news was written."""

    store: ProgressStore
    jobs: Sequence[Job]
    written_at: list[list[float]] = field(init=False)
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.written_at = [[] for _ in self.jobs]
        self.began = clock.monotonic()
        for number, job in enumerate(self.jobs):
            job.started_at = job.created_at - JOB_SECONDS * number / len(self.jobs)

    def tell(self, number: int) -> None:
        """Write a piece of news of this job; `current` counts them."""
        job, elapsed = self.jobs[number], clock.monotonic() - self.began
        progress = min(MOST_PROGRESS, number / len(self.jobs) + elapsed / JOB_SECONDS)
        live = LiveState(progress=progress, step="working", updated_at=clock.now())
        live.current = len(self.written_at[number])
        head = json_head(document(job, live))
        self.store.write(job.id, attempt=1, progress=progress, ends=False, least_version=1, json_head=head)
        self.written_at[number].append(clock.monotonic())

    async def run(self) -> None:
        pause = 1 / (NEWS_PER_SECOND * len(self.jobs))
        due = clock.monotonic()
        while True:
            for number in range(len(self.jobs)):
                self.tell(number)
                due += pause
                await asyncio.sleep(max(0.0, due - clock.monotonic()))


@dataclass(slots=True)
class Seen:
    """What browsers went through while it was counted."""

    counts: bool = False
    answer_ms: list[float] = field(default_factory=list)
    news_waited_seconds: list[float] = field(default_factory=list)
    unchanged: int = 0
    failed: int = 0
    pauses_ms: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Browser:
    """One page with one bar."""

    newsroom: Newsroom
    number: int
    connection: Connection
    seen: Seen
    shown: int = -1
    known: dict[str, object] = field(default_factory=dict)
    etag: str = ""
    errors: int = 0

    @property
    def path(self) -> str:
        return f"/api/progress/{self.newsroom.jobs[self.number].id}"

    async def watch(self) -> None:
        await asyncio.sleep(random.uniform(0, ARRIVAL_SECONDS))  # noqa: S311 - nobody's secret
        while True:
            delay_ms = await self._ask()
            if self.seen.counts:
                self.seen.pauses_ms.append(delay_ms)
            await asyncio.sleep(delay_ms / 1000)

    async def _ask(self) -> float:
        """Ask once; in how many ms again."""
        began = clock.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._answer()
        except (OSError, TimeoutError):
            self.connection.close()
            return self._failed()
        if answer.status not in (200, 304):
            return self._failed()
        if self.seen.counts:
            self.seen.answer_ms.append((clock.monotonic() - began) * 1000)
        return self._digest(answer)

    async def _answer(self) -> Answer:
        return await self.connection.ask(self.path, {"If-None-Match": self.etag} if self.etag else None)

    def _failed(self) -> float:
        self.errors += 1
        self.seen.failed += self.seen.counts
        return self._delay_ms(None)

    def _digest(self, answer: Answer) -> float:
        self.errors = 0
        if answer.status == 200:
            self.known, self.etag = orjson.loads(answer.body), answer.headers.get("etag", "")
            self._show(self.known["current"])
        else:
            self.seen.unchanged += self.seen.counts
        asked_for = self.known.get("poll_after_ms")
        if asked_for is None and "retry-after" in answer.headers:
            asked_for = 1000 * float(answer.headers["retry-after"])
        return self._delay_ms(None if asked_for is None else float(str(asked_for)))

    def _show(self, current: object) -> None:
        if not isinstance(current, int):  # it comes from the row, which does not know
            return
        written = self.newsroom.written_at[self.number]
        if self.seen.counts and 0 <= self.shown < current and self.shown + 1 < len(written):
            self.seen.news_waited_seconds.append(clock.monotonic() - written[self.shown + 1])
        self.shown = current

    def _delay_ms(self, server_delay_ms: float | None) -> float:
        return next_delay_ms(
            progress=float(str(self.known.get("progress", 0))),
            age_ms=1000 * float(str(self.known.get("elapsed_seconds") or 0)),
            random=random.random(),  # noqa: S311 - nobody's secret
            server_delay_ms=server_delay_ms,
            error_count=self.errors,
        )


async def watched(
    newsroom: Newsroom, port: int, number: int, *, warm_up_seconds: float, seconds: float, pid: int
) -> "Cost":
    """So many browsers, let in over some seconds; counted once all have settled into their rhythm."""
    seen = Seen()
    connections = [Connection("127.0.0.1", port) for _ in range(number)]
    browsers = [Browser(newsroom, n % len(newsroom.jobs), one, seen) for n, one in enumerate(connections)]
    tasks = [asyncio.create_task(newsroom.run()), *(asyncio.create_task(browser.watch()) for browser in browsers)]
    await asyncio.sleep(ARRIVAL_SECONDS + warm_up_seconds)
    before, began, seen.counts = cpu_seconds(pid), clock.monotonic(), True
    await asyncio.sleep(seconds)
    took, cpu, seen.counts = clock.monotonic() - began, cpu_seconds(pid) - before, False
    megabytes = memory_megabytes(pid)
    for task in tasks:
        task.cancel()
    _raise_what_failed(await asyncio.gather(*tasks, return_exceptions=True))
    for connection in connections:
        connection.close()
    return Cost.of(seen, took, cpu, megabytes)


def _raise_what_failed(ends: Sequence[BaseException | None]) -> None:
    """A browser or a job that broke off would flatter the server."""
    for end in ends:
        if end is not None and not isinstance(end, asyncio.CancelledError):
            raise end


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many browsers took."""

    requests_per_second: float
    server_cpu_percent: float
    answer_p99_milliseconds: float
    news_waits_seconds: float
    news_waits_p99_seconds: float
    pause_seconds: float
    failed_per_second: float
    server_megabytes: float

    @classmethod
    def of(cls, seen: Seen, seconds: float, cpu: float, megabytes: float) -> "Cost":
        return cls(
            requests_per_second=len(seen.answer_ms) / seconds,
            server_cpu_percent=100 * cpu / seconds,
            answer_p99_milliseconds=_or_nought(percentile(seen.answer_ms, 0.99)),
            news_waits_seconds=_or_nought(percentile(seen.news_waited_seconds, 0.5)),
            news_waits_p99_seconds=_or_nought(percentile(seen.news_waited_seconds, 0.99)),
            pause_seconds=_or_nought(percentile(seen.pauses_ms, 0.5)) / 1000,
            failed_per_second=seen.failed / seconds,
            server_megabytes=megabytes,
        )


def _or_nought(value: float) -> float:
    return 0.0 if math.isnan(value) else value


TOLD = {
    "requests_per_second": ("requests", "/s"),
    "server_cpu_percent": ("CPU of the server", "%"),
    "answer_p99_milliseconds": ("p99 of an answer", "ms"),
    "news_waits_seconds": ("how long a piece of news waits, median", "s"),
    "news_waits_p99_seconds": ("how long a piece of news waits, p99", "s"),
    "pause_seconds": ("pause of a browser, median", "s"),
    "failed_per_second": ("questions without an answer", "/s"),
    "server_megabytes": ("memory of the server", "MB"),
}


def curves(costs: dict[int, Cost]) -> list[Curve]:
    sizes = [float(size) for size in costs]
    return [
        Curve(
            f"watchers_{name}",
            "Watchers",
            of,
            unit,
            sizes,
            [getattr(cost, name) for cost in costs.values()],
            "watchers",
        )
        for name, (of, unit) in TOLD.items()
    ]


@contextmanager
def served(where: Path, redis_url: str) -> Iterator[tuple[Flask, int, int]]:
    """Backbeat's web server with its defaults: the app of this process, the port and the process id."""
    app = create_app(data_dir=where, redis_url=redis_url, log_level="error")
    running_jobs(app, JOBS)
    port = free_port()
    environ = {"DATA_DIR": str(where), "REDIS_URL": redis_url, "LOG_LEVEL": "error", "PORT": str(port)}
    with process(python("serving"), environ) as server:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield app, port, server.pid


def _jobs() -> list[Job]:
    jobs = list(db.session.scalars(select(Job)))
    db.session.expunge_all()
    return jobs


def cost(size: int, effort: Effort, *, is_quick: bool) -> Cost:
    """On a server of its own, so that none inherits the pace of another."""
    warm_up = 1.0 if is_quick else min(LONGEST_WARM_UP_SECONDS, 5 + size / 200)
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        url = stack.enter_context(redis_server(where))
        app, port, pid = stack.enter_context(served(where / "data", url))
        with app.app_context():
            newsroom = Newsroom(ProgressStore(app.extensions["backbeat_redis"]), _jobs())
            work = watched(newsroom, port, size, warm_up_seconds=warm_up, seconds=effort.seconds, pid=pid)
            return asyncio.run(work)


def measure(effort: Effort, sizes: Sequence[int], *, is_quick: bool) -> Findings:
    _allow_files()
    costs = {}
    for size in sizes:
        print(f"{size:,} watchers …", file=sys.stderr, flush=True)
        costs[size] = cost(size, effort, is_quick=is_quick)
    return Findings("watchers", curves=curves(costs), facts=facts(costs))


def facts(costs: Mapping[int, Cost]) -> dict[str, float]:
    """What docs/capacity.md is computed from. A poll costs most where it comes by itself, as those of a thousand
    browsers do: where a server is full, many share one command to Redis."""
    usual = costs[min(costs, key=lambda size: abs(size - USUAL))]
    return {
        "poll_server_microseconds": usual.server_cpu_percent / 100 / max(1e-9, usual.requests_per_second) * 1e6,
        "web_megabytes": costs[max(costs)].server_megabytes,
    }


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most) if most > 0 else FILES, most))


def main() -> int:
    options = parser(__doc__, rounds=1, seconds=10)
    options.add_argument("--sizes", type=_numbers, default=SIZES, help="how many, with commas between")
    told = options.parse_args()
    sizes = (20, 60) if told.quick else told.sizes
    return finish(told, lambda effort: measure(effort, sizes, is_quick=told.quick))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
