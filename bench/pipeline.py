"""`python -m bench.pipeline`: footage through the pipeline, one record after another against the poller.

The same records, the same luck (three of ten calls of a step fail, a few take eight times as long, by a seed), in one
run: the sequential mode, where the first failure ends a record's run, and a session of the poller with real workers.
The work of a step only waits, as it does for a model or a server elsewhere. Told are: how many records were completed;
the wall time; how many steps were at work at once, on average (parallel efficiency: seconds of work for each second of
the clock); and the hands needed: records that only go on if a person starts them again.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from app import create_app
from bench import pipeline_work
from bench.measuring import finish, parser
from bench.results import Findings, Row, Table
from bench.servers import folder, process, python, redis_server, wait_for
from config import Settings
from extensions import current_settings, db, db_now, redis, transaction
from models import Footage
from services.footage import sequential, sessions, states
from services.library.users import default_owner
from store.workers import read_workers

TITLE = "The harbour of Portree at dawn"
DESCRIPTION = "Fishing boats leave the harbour of Portree on the Isle of Skye as the sun rises over the sea."
KEYWORDS = ["harbour", "boats", "dawn", "Skye"]
LIMIT_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one way of working made of the records."""

    name: str
    completed: int
    records: int
    wall_seconds: float
    work_seconds: float

    @property
    def at_once(self) -> float:
        """Steps at work, on average."""
        return self.work_seconds / self.wall_seconds

    @property
    def hands(self) -> int:
        return self.records - self.completed


@contextmanager
def _library(where: Path, url: str, arguments: argparse.Namespace) -> Iterator[None]:
    """An application with records that have only just come in; half of them name a page."""
    where.mkdir()
    os.environ |= {pipeline_work.JOURNAL: str(where / "journal"), pipeline_work.SEED: str(arguments.seed)}
    (where / "journal").touch()
    app = create_app(
        data_dir=where,
        redis_url=url,
        log_level="error",
        poll_interval=0.5,
        poll_duration=LIMIT_SECONDS,
        janitor_interval_seconds=0.2,
        retry_base_seconds=0.2,
    )
    with app.app_context():
        db.create_all()
        _fill(arguments.records)
        yield
        db.session.remove()


def _fill(records: int) -> None:
    with transaction() as session:
        owner_id = default_owner().id
        now = session.scalar(select(db_now()))
        same = {
            "owner_id": owner_id,
            "status": states.PENDING_FILE_INFO,
            "title": TITLE,
            "description": DESCRIPTION,
            "keywords": KEYWORDS,
            **dict.fromkeys(("entered_at", "created_at", "updated_at", "metadata_at"), now),
        }
        page = "https://footage.example/{}"
        rows = [
            {**same, "id": f"AF{n:04d}", "source_url": page.format(n) if n % 2 else None} for n in range(1, records + 1)
        ]
        session.execute(insert(Footage), rows)


def one_after_another(where: Path, url: str, arguments: argparse.Namespace) -> Run:
    """The sequential mode, in this process."""
    with _library(where, url, arguments):
        ids = list(db.session.scalars(select(Footage.id).order_by(Footage.id)))
        began = time.monotonic()
        sequential.run(ids, lambda line: None)
        return _told("sequential", where, time.monotonic() - began)


def polling(where: Path, url: str, arguments: argparse.Namespace) -> Run:
    """A session of the poller, with workers and a janitor in processes of their own."""
    with _library(where, url, arguments), ExitStack() as processes:
        environ = _environ(current_settings())
        processes.enter_context(process(python("workers.janitor"), environ))
        for _ in range(arguments.workers):
            processes.enter_context(process(python("bench.pipeline_worker"), environ))
        wait_for(lambda: len(read_workers(redis.client)) >= arguments.workers)
        began = time.monotonic()
        sessions.start(default_owner().id)
        wait_for(_all_over, LIMIT_SECONDS)
        return _told("polling", where, time.monotonic() - began)


def _environ(settings: Settings) -> dict[str, str]:
    names = ("poll_interval", "poll_duration", "janitor_interval_seconds", "retry_base_seconds", "log_level")
    told = {name.upper(): str(getattr(settings, name)) for name in names}
    return told | {"DATA_DIR": str(settings.data_dir), "REDIS_URL": settings.effective_redis_url}


def _all_over() -> bool:
    over = (states.COMPLETE, states.FAILED, states.AWAITING_USER_INPUT)
    left = db.session.scalar(select(Footage.id).where(Footage.status.not_in(over)).limit(1))
    db.session.rollback()
    return left is None


def _told(name: str, where: Path, wall_seconds: float) -> Run:
    db.session.rollback()
    ends = list(db.session.scalars(select(Footage.status)))
    calls = [json.loads(line) for line in (where / "journal").read_text().splitlines()]
    work_seconds = sum(call["to"] - call["from"] for call in calls)
    return Run(name, ends.count(states.COMPLETE), len(ends), wall_seconds, work_seconds)


def table(runs: Sequence[Run], arguments: argparse.Namespace) -> Table:
    title = (
        f"{arguments.records} records of {pipeline_work.FRAMES} frames, {pipeline_work.FAILS:.0%} of calls fail, "
        f"{pipeline_work.SLOW:.0%} are slow, {arguments.workers} workers"
    )
    return Table("pipeline", title, "steps_at_once", runs[0].name, [_row(run) for run in runs])


def _row(run: Run) -> Row:
    values = {
        "steps_at_once": run.at_once,
        "records_completed": float(run.completed),
        "wall_seconds": run.wall_seconds,
        "records_left_to_hands": float(run.hands),
    }
    return Row(run.name, {name: [value] for name, value in values.items()})


def found(arguments: argparse.Namespace) -> Findings:
    pipeline_work.install()
    with folder() as where, redis_server(where) as url:
        runs = [
            one_after_another(where / "sequential", url, arguments),
            polling(where / "polling", url, arguments),
        ]
    return Findings("pipeline", tables=[table(runs, arguments)])


def main() -> int:
    options = parser(__doc__, rounds=1)
    options.add_argument("--records", type=int, default=60)
    options.add_argument("--workers", type=int, default=12)
    options.add_argument("--seed", type=int, default=1)
    told = options.parse_args()
    if told.quick:
        told.records, told.workers = 4, 2
    return finish(told, lambda _effort: found(told))


if __name__ == "__main__":
    sys.exit(main())
