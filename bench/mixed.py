"""`python -m bench.mixed`: how long polls take while the same server does slow things, for each model of a worker.

Polls come at a fixed rate, 60 a second over 30 kept connections, and are timed from when they were due, so that one
that waits for its turn counts as it would for a person. Beside them are, one load after the other: nothing; 6 uploads
of some MB by slow clients; 6 people on a page of 300 ms; a Redis whose replies take 100 ms; one that hangs.

    --server "gunicorn sync=gunicorn -k sync -w 2 -b 127.0.0.1:{port} bench.slow_page:create()"

adds a server to those compared, or replaces one of that name: a command of this environment's programs.
"""

import argparse
import asyncio
import itertools
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import clock
from app import create_app
from bench.browser import BROKEN as BROKEN_OFF
from bench.browser import Connection
from bench.figures import percentile
from bench.measuring import Effort, Suite, Trial, Values, finish, parser
from bench.noise import cpu_seconds
from bench.results import Aim, Findings, Table
from bench.running import running_jobs
from bench.servers import answers, folder, free_port, process, redis_server, wait_for
from tests.faults.chaos import BLACK_HOLE, PASS, ChaosProxy, Mood, slow

POLLS_PER_SECOND, BROWSERS, PATIENCE_SECONDS = 60.0, 30, 10.0
UPLOADERS, READERS = 6, 6
UPLOAD_BYTES, UPLOAD_BYTES_PER_SECOND = 2_000_000, 1_000_000.0
UPLOAD = {"Tus-Resumable": "1.0.0", "Upload-Length": str(100 * UPLOAD_BYTES), "Upload-Metadata": "filename YS5tcDQ="}
PIECE = {"Content-Type": "application/offset+octet-stream"}
APP = "bench.slow_page:create()"
SERVERS = {
    "gunicorn as deployed": f"gunicorn {APP}",
    "gunicorn sync": f"gunicorn -k sync -w 2 {APP}",
    "gunicorn gthread": f"gunicorn -k gthread -w 2 --threads 4 {APP}",
    "granian as deployed": "python -m bench.slow_page",
}
# Those, and the loads, that aims are about.
DEPLOYED, SLOWED = ("gunicorn as deployed", "granian as deployed"), ("uploads beside", "slow pages beside")
UNLIMITED = {"POLLS_PER_SECOND": "10000", "ANALYZE_PER_MINUTE": "100000"}
SLOW_REDIS = slow(delay_seconds=0.1)


@dataclass(slots=True)
class Site:
    """A server that is loaded, and what stands between it and its Redis."""

    port: int
    pid: int
    proxy: ChaosProxy
    job_ids: list[str]

    def connection(self) -> Connection:
        return Connection("127.0.0.1", self.port)


# One round of it: an upload, a page.
Load = Callable[[Site], Coroutine[None, None, None]]


@dataclass(slots=True)
class Polls:
    """How long each took: one that failed as long as anybody has patience, however soon it was refused."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    load_broke: int = 0  # uploads and pages beside them that the server broke off

    def fail(self) -> None:
        self.failed += 1
        self.milliseconds.append(1000 * PATIENCE_SECONDS)

    def values(self, cpu: float, seconds: float) -> Values:
        return {
            "p99_milliseconds": percentile(self.milliseconds, 0.99),
            "p50_milliseconds": percentile(self.milliseconds, 0.5),
            "answered_per_second": (len(self.milliseconds) - self.failed) / seconds,
            "failed": float(self.failed),
            "load_broken_off": float(self.load_broke),
            "server_CPU_percent": 100 * cpu / seconds,
        }


async def poll(site: Site, seconds: float, polls: Polls) -> None:
    """An open load: each poll is sent when it is due, whether or not those before it have been answered."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(BROWSERS):
        idle.put_nowait(site.connection())
    ids = itertools.cycle(site.job_ids)
    began = clock.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(round(POLLS_PER_SECOND * seconds)):
            due = began + number / POLLS_PER_SECOND
            await asyncio.sleep(max(0.0, due - clock.monotonic()))
            group.create_task(_one(idle, f"/api/progress/{next(ids)}", due, polls))
    while not idle.empty():
        idle.get_nowait().close()


async def _one(idle: asyncio.Queue[Connection], path: str, due: float, polls: Polls) -> None:
    connection = await idle.get()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await connection.ask(path)
    except (OSError, TimeoutError):
        connection.close()
        polls.fail()
    else:
        if answer.status == 200:
            polls.milliseconds.append((clock.monotonic() - due) * 1000)
        else:
            polls.fail()
    finally:
        idle.put_nowait(connection)


async def upload(site: Site) -> None:
    """An upload by a client of tus over a thin line; it does not end, so nothing is imported.

    :raise RuntimeError: if the server does not take uploads at all.
    """
    connection = site.connection()
    try:
        made = await connection.send("POST", "/api/uploads", UPLOAD, b"", bytes_per_second=UPLOAD_BYTES_PER_SECOND)
        if made.status != 201:
            raise RuntimeError(f"An upload could not begin; the server answered {made.status}: {made.body[:300]!r}")
        where = urlsplit(made.headers["location"]).path
        told = UPLOAD | PIECE | {"Upload-Offset": "0"}
        connection.close()
        await connection.send("PATCH", where, told, bytes(UPLOAD_BYTES), bytes_per_second=UPLOAD_BYTES_PER_SECOND)
    finally:
        connection.close()


async def read_slow_page(site: Site) -> None:
    connection = site.connection()
    try:
        await connection.ask("/bench/slow")
    finally:
        connection.close()


async def again_and_again(site: Site, load: Load, polls: Polls) -> None:
    """A load for as long as it is wanted. What the server breaks off is counted, and begun anew a moment later."""
    while True:
        try:
            await load(site)
        except (OSError, *BROKEN_OFF):
            polls.load_broke += 1
            await asyncio.sleep(0.1)


@asynccontextmanager
async def beside(site: Site, load: Load, number: int, polls: Polls) -> AsyncIterator[None]:
    """The load by so many, begun a moment before."""
    tasks = [asyncio.create_task(again_and_again(site, load, polls)) for _ in range(number)]
    await asyncio.sleep(0.3)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        _raise_what_failed(await asyncio.gather(*tasks, return_exceptions=True))


def _raise_what_failed(ends: Sequence[BaseException | None]) -> None:
    """A load that broke off would flatter the polls beside it."""
    for end in ends:
        if end is not None and not isinstance(end, asyncio.CancelledError):
            raise end


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes on beside the polls."""

    name: str
    load: Load | None = None
    number: int = 0
    redis: Mood = PASS


LOADS = (
    Beside("nothing beside"),
    Beside("uploads beside", upload, UPLOADERS),
    Beside("slow pages beside", read_slow_page, READERS),
    Beside("a slow Redis", redis=SLOW_REDIS),
    Beside("a Redis that hangs", redis=BLACK_HOLE),
)


async def _polled(site: Site, load: Beside, seconds: float) -> Polls:
    polls = Polls()
    if load.load is None:
        await poll(site, seconds, polls)
    else:
        async with beside(site, load.load, load.number, polls):
            await poll(site, seconds, polls)
    return polls


def measure_one(site: Site, load: Beside, seconds: float) -> Values:
    wait_for(partial(answers, f"http://127.0.0.1:{site.port}/api/progress/{site.job_ids[0]}"))
    before = cpu_seconds(site.pid)
    site.proxy.mood = load.redis
    try:
        polls = asyncio.run(_polled(site, load, seconds))
    finally:
        site.proxy.mood = PASS
    return polls.values(cpu_seconds(site.pid) - before, seconds)


@contextmanager
def served(command: str, where: Path, redis_url: str) -> Iterator[Site]:
    """A server started by `command`, whose Redis is behind a proxy of its own; `{port}` there is the port."""
    where.mkdir()
    ids = running_jobs(create_app(data_dir=where / "data", redis_url=redis_url, log_level="error"), BROWSERS)
    port = free_port()
    environ = {"DATA_DIR": str(where / "data"), "LOG_LEVEL": "error", "PORT": str(port)} | UNLIMITED
    with ChaosProxy(urlsplit(redis_url).path, where / "proxy.sock") as proxy:
        told = environ | {"REDIS_URL": f"unix://{proxy.address}"}
        with process(program(command.replace("{port}", str(port))), told) as server:
            wait_for(lambda: answers(f"http://127.0.0.1:{port}/api/progress/{ids[0]}"))
            yield Site(port, server.pid, proxy, ids)


def program(command: str) -> list[str]:
    """Its words, the first of them as the path of this environment's program."""
    name, *arguments = shlex.split(command)
    return [str(Path(sys.executable).with_name(name)), *arguments]


def tables(sites: Mapping[str, Site], effort: Effort) -> list[Table]:
    """One for each load: the servers by the p99 of polls."""
    base = next(iter(sites))
    return [
        Suite(
            f"mixed: {load.name}",
            f"Polls with {load.name}: {POLLS_PER_SECOND:.0f} a second, timed from when each was due",
            "p99_milliseconds",
            base,
            [Trial(name, partial(measure_one, site, load)) for name, site in sites.items()],
        ).run(effort)
        for load in LOADS
    ]


def aims(made: Sequence[Table]) -> list[Aim]:
    """What is promised of polls beside slow things, on the servers as they are deployed."""
    alone, slowed = made[0], [table for table in made if table.name.endswith(SLOWED)]
    return [
        aim
        for name in DEPLOYED
        for table in slowed
        for aim in (
            Aim(
                f"{name}, {_beside(table)}: p99 of polls, of that alone",
                _p99(table, name) / _p99(alone, name),
                5.0,
                False,
            ),
            Aim(f"{name}, {_beside(table)}: polls that failed", max(table.row(name).values["failed"]), 0.0, False),
        )
    ]


def _beside(table: Table) -> str:
    return table.name.removeprefix("mixed: ")


def _p99(table: Table, name: str) -> float:
    return table.row(name).of("p99_milliseconds")


def measure(servers: Mapping[str, str], effort: Effort) -> Findings:
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        url = stack.enter_context(redis_server(where))
        sites = {
            name: stack.enter_context(served(command, where / str(number), url))
            for number, (name, command) in enumerate(servers.items())
        }
        made = tables(sites, effort)
    return Findings("mixed", tables=made, aims=aims(made) if set(DEPLOYED) <= set(sites) else [])


def main() -> int:
    options = parser(__doc__, rounds=2, seconds=5)
    options.add_argument("--server", action="append", default=[], help='another to compare: "name=command"')
    options.add_argument("--only", help="compare these only, by their names with commas between")
    told = options.parse_args()
    return finish(told, partial(measure, _servers(told)))


def _servers(told: argparse.Namespace) -> dict[str, str]:
    named = SERVERS | dict(one.split("=", 1) for one in told.server)
    return {name: named[name] for name in told.only.split(",")} if told.only else named


if __name__ == "__main__":
    sys.exit(main())
