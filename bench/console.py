"""`python -m bench.console`: every page of the console with 1,000 and with 200,000 jobs, half of them waiting.

Pages are rendered through the test client, turn by turn at both sizes, with what processes remember of earlier looks
grown old each time. A page keeps the promise if its median time at 200,000 is at most three times that at 1,000, if it
asks SQL no more often (but for two more windows of a search) and Redis 12 times at most, and if it wrote nothing.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from redis import Redis
from redis.connection import AbstractConnection
from redis.utils import str_if_bytes
from sqlalchemy import event, select

import clock
from app import create_app
from bench.console_seed import GROUPS, seed
from bench.measuring import finish, parser
from bench.results import Aim, Findings, Row, Table
from bench.servers import folder, redis_server
from extensions import db
from models import Job
from services import schema
from services.jobs.registry import QUEUES
from tests.servers.postgres import postgres

FEW, MANY = 1_000, 200_000
MOST_RATIO, MOST_ROUND_TRIPS, MOST_MORE_STATEMENTS = 3.0, 12, 2
AGING_SECONDS = 60.0
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True, slots=True)
class Page:
    """An address; `form` is posted there if there is one."""

    address: str
    form: Mapping[str, str] | None = None


@dataclass(slots=True)
class Cost:
    """What one answer took."""

    seconds: float = 0.0
    statements: int = 0
    writes: int = 0
    round_trips: int = 0


@dataclass(slots=True)
class Measured:
    costs: list[Cost] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        return median(cost.seconds for cost in self.costs) * 1000

    def most(self, name: str) -> int:
        return max(int(getattr(cost, name)) for cost in self.costs)


@contextmanager
def counted(engine: Any) -> Iterator[Cost]:
    """The cost of what is done inside, but for its time."""
    cost = Cost()
    send: Any = AbstractConnection.send_packed_command

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        cost.statements += 1
        cost.writes += statement.lstrip().upper().startswith(WRITES)

    def on_send(self: AbstractConnection, *arguments: Any, **options: Any) -> None:
        cost.round_trips += 1
        send(self, *arguments, **options)

    event.listen(engine, "before_cursor_execute", on_statement)
    AbstractConnection.send_packed_command = on_send  # type: ignore[method-assign] # the only place all commands pass
    try:
        yield cost
    finally:
        AbstractConnection.send_packed_command = send  # type: ignore[method-assign] # as it was
        event.remove(engine, "before_cursor_execute", on_statement)


class Site:
    """The application on a database of so many jobs."""

    def __init__(self, number: int, where: Path, redis_url: str, database_url: str | None) -> None:
        options: dict[str, Any] = {"data_dir": where, "redis_url": redis_url, "log_level": "error"}
        self.app: Flask = create_app(**options, database_url=database_url)
        self.redis: Any = Redis.from_url(redis_url)
        with self.app.app_context():
            # As it is in use: which of two indexes SQLite takes may depend on which was made first.
            upgrade(str(schema.MIGRATIONS))
            seed(number, clock.now())
            self.engine = db.engine
            self.ids = self._ids()
        for queue in QUEUES:
            self.redis.rpush(f"rq:queue:{queue}", *(f"waiting-{n}" for n in range(number // 8)))
        self.client: FlaskClient = self.app.test_client()

    def _ids(self) -> dict[str, str]:
        """A job of each kind that has a page of its own."""
        kinds = {
            "parent": Job.children_total.is_not(None),
            "child": Job.parent_id.is_not(None),
            "failed": Job.status == "failed",
            "queued": Job.status == "queued",
        }
        return {kind: db.session.scalars(select(Job.id).where(which).limit(1)).one() for kind, which in kinds.items()}

    def visit(self, page: Page) -> Cost:
        """:raise RuntimeError: if the answer is an error."""
        address = page.address.format(**self.ids)
        with counted(self.engine) as cost:
            began = time.perf_counter()
            answer = self.client.get(address) if page.form is None else self.client.post(address, data=page.form)
            cost.seconds = time.perf_counter() - began
        if answer.status_code >= 400 and address != "/readyz":  # which says that no worker lives here
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.text[:300]}")
        return cost

    def commands_that_write(self) -> int:
        """How many writing commands Redis has been sent."""
        calls = {name.removeprefix("cmdstat_"): stat["calls"] for name, stat in self.redis.info("commandstats").items()}
        writing = {str_if_bytes(name) for name in self.redis.acl_cat("write")}
        return sum(count for name, count in calls.items() if name in writing)


def pages() -> list[Page]:
    group = f"{GROUPS // 2:016x}"
    lists = ("", "status=failed", "status=queued", "status=live", "sort=oldest", "sort=waiting", "sort=ended")
    searches = (
        *("status=failed&sort=ended", "type=import_media&status=failed", "queue=low&status=queued", "since=24h"),
        *(
            "q=no+such+words",
            "q=number+7",
            "error=could+not+be+read",
            "error=no+such",
            "worker=worker-3",
            "worker=nobody",
        ),
        *(
            "params=api_key%3Dhidden",
            "target=song:12",
            "owner=1",
            f"error_group={group}",
            "children=with&status=canceled",
        ),
        *("parent={parent}", "limit=200", "queue=system", "queue=system&status=failed"),
    )
    jobs = [f"/admin/jobs?{query}" for query in (*lists, *searches)]
    one = [f"/admin/jobs/{{{kind}}}" for kind in ("parent", "child", "failed", "queued")]
    views = ("queues", "workers", "failures", "charts", "schedules", "audit")
    data = (
        *("/admin/charts/data", "/api/jobs", "/api/jobs?q=no+such+words", "/api/jobs?sort=waiting", "/api/jobs/mine"),
        *("/api/jobs/{parent}/status", "/api/jobs/{queued}/status", "/api/jobs/{failed}/logs", "/api/queue/status"),
        *("/api/worker/health", "/metrics", "/healthz", "/readyz"),
    )
    form = {"action": "retry", "scope": "matching", "status": "failed"}
    addresses = [*(f"/admin/{view}" for view in views), *jobs, *one, *data]
    return [*map(Page, addresses), Page("/admin/actions/confirm", form)]


def measure(few: Site, many: Site, rounds: int) -> dict[str, tuple[Measured, Measured]]:
    """The costs of each page at both sizes. The first round warms up, and does not count."""
    measured = {page.address: (Measured(), Measured()) for page in pages()}
    for turn in range(rounds + 1):
        for page in pages():
            for site, result in zip((few, many), measured[page.address], strict=True):
                with aged(turn):
                    cost = site.visit(page)
                if turn:
                    result.costs.append(cost)
    return measured


@contextmanager
def aged(turn: int) -> Iterator[None]:
    """What a process remembers for a while has grown too old by the next turn."""
    now = clock.monotonic
    clock.monotonic = lambda: now() + turn * AGING_SECONDS
    try:
        yield
    finally:
        clock.monotonic = now


def table(measured: Mapping[str, tuple[Measured, Measured]], number: int) -> Table:
    """A row for each page; what is compared is the time with many jobs, in parts of that with few."""
    rows = [
        Row(
            address + ("" if is_kept(few, many) else " MISSED"),
            {
                "ratio": [many.milliseconds / few.milliseconds],
                f"{FEW:,} jobs_milliseconds": [few.milliseconds],
                f"{number:,} jobs_milliseconds": [many.milliseconds],
                "SQL_statements": [float(many.most("statements"))],
                "Redis_round_trips": [float(many.most("round_trips"))],
            },
        )
        for address, (few, many) in measured.items()
    ]
    title = f"Pages of the console and reads of the API with {FEW:,} and with {number:,} jobs"
    return Table("console", title, "ratio", rows=rows)


def is_kept(few: Measured, many: Measured) -> bool:
    """Whether a page keeps the promise."""
    return (
        many.milliseconds <= MOST_RATIO * few.milliseconds
        and many.most("statements") <= few.most("statements") + MOST_MORE_STATEMENTS
        and many.most("round_trips") <= MOST_ROUND_TRIPS
        and not many.most("writes")
    )


def found(rounds: int, jobs: int, *, on_postgres: bool) -> Findings:
    """Both sites side by side, each with a Redis of its own."""
    with ExitStack() as stack:
        sites = []
        for number in (FEW, jobs):
            where = stack.enter_context(folder())
            address = stack.enter_context(postgres()) if on_postgres else None
            sites.append(Site(number, where / "data", stack.enter_context(redis_server(where)), address))
        before = [site.commands_that_write() for site in sites]
        measured = measure(sites[0], sites[1], rounds)
        written = sum(site.commands_that_write() for site in sites) - sum(before)
    broken = [address for address, (few, many) in measured.items() if not is_kept(few, many)]
    aims = [
        Aim("pages of the console that break the promise", len(broken), 0, at_least=False),
        Aim("writes to Redis by looking", written, 0, at_least=False),
    ]
    return Findings("console", tables=[table(measured, jobs)], aims=aims)


def main() -> int:
    options = parser(__doc__, rounds=9)
    options.add_argument("--jobs", type=int, default=MANY, help="how many are many")
    options.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    told = options.parse_args()
    jobs = 2 * FEW if told.quick else told.jobs
    return finish(told, lambda effort: found(effort.rounds, jobs, on_postgres=told.postgres))


if __name__ == "__main__":
    sys.exit(main())
