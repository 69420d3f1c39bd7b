"""The database is locked, away, unreadable or has no room left; and hosts whose clocks differ."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services import uploads
from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.chaos import PASS, REFUSE, ChaosProxy
from tests.faults.kit import PRODUCTION_LEASES, Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.pollers import Polls, polling
from tests.faults.shim import built
from tests.ops.launching import PROJECT
from tests.servers.postgres import postgres
from tests.stack import Stack
from tests.waiting import wait_until

STARVED_SECONDS = 2.0  # a poll that takes longer has stood behind those who wait for the database
TOIL_SECONDS = 0.2


@dataclass(slots=True)
class Asked:
    """Songs whose analysis was asked for while the fault lasted, and what was answered."""

    accepted: list[str] = field(default_factory=list)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def ask(self, stack: Stack, song_id: int) -> None:
        answer = stack.client.post(f"/api/songs/{song_id}/analyze", timeout=60)
        if answer.status_code == 202:
            self.accepted.append(str(song_id))
        elif answer.status_code == 503 and "Retry-After" in answer.headers:
            self.refused += 1
            self.said.add(answer.json()["message"])
        else:
            self.wrong.append(f"Analyze was answered {answer.status_code}: {answer.text[:200]}")

    @contextmanager
    def one_a_second(self, stack: Stack, song_ids: list[int], seconds: float) -> Iterator[None]:
        """Ask for that long, then leave the block running on; at its end every answer is there."""
        begun = time.monotonic()
        with ThreadPoolExecutor(len(song_ids)) as people:
            answers = []
            for n, song_id in enumerate(song_ids):
                answers.append(people.submit(self.ask, stack, song_id))
                time.sleep(max(0.0, begun + n + 1 - time.monotonic()))
            time.sleep(max(0.0, begun + seconds - time.monotonic()))
            yield
            for answer in answers:
                answer.result()


def songs(stack: Stack, number: int) -> list[int]:
    """Ids of new songs."""
    return [
        int(stack.post("/api/songs", title=f"Song {n}", artist="The Testers", lyrics="La la la")["id"])
        for n in range(number)
    ]


def until_all_over(stack: Stack, *, within_seconds: float = 150) -> None:
    wait_until(
        lambda: not stack.rows("SELECT id FROM job WHERE ended_at IS NULL LIMIT 1"),
        "every job is over",
        within_seconds=within_seconds,
    )


def made(stack: Stack, job_ids: list[str], asked: Asked, recovered: float, wrong: list[str]) -> Outcome:
    """What became of the jobs there were, and of the analyses that were accepted."""
    jobs = effects.lost_and_doubled(effects.by_job(stack.engine), job_ids)
    analyses = effects.lost_and_doubled(effects.by_song(stack.engine), asked.accepted)
    return Outcome(
        len(job_ids) + len(asked.accepted) + asked.refused,
        jobs[0] + analyses[0],
        jobs[1] + analyses[1],
        recovered,
        (*asked.wrong, *wrong),
        f"{len(asked.accepted)} accepted, {asked.refused} refused with 503",
    )


def polls_kept(polls: Polls) -> list[str]:
    """A lock keeps nobody from reading."""
    wrong = [f"{polls.refused()} of {len(polls)} polls were refused"] if polls.refused() else []
    if polls.slowest() > STARVED_SECONDS:
        wrong.append(f"a poll took {polls.slowest():.1f} s")
    return wrong


def attempts(stack: Stack, job_ids: list[str]) -> list[int]:
    found = dict(stack.rows("SELECT id, attempt FROM job"))
    return [found[job_id] for job_id in job_ids]


@contextmanager
def locked(stack: Stack) -> Iterator[Callable[[], None]]:
    """Hold the database's write lock, as a backup or another program may, until what is given is called."""
    other = sqlite3.connect(stack.settings.data_dir / "backbeat.db", isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield other.rollback
    finally:
        other.close()


def _locked_for(kit: Kit, seconds: float) -> Outcome:
    """Jobs that run longer than the lock keep their leases; those that end under it are saved once it is gone."""
    with kit.stack(**PRODUCTION_LEASES) as stack, inside(stack):
        song_ids = songs(stack, int(seconds))
        running = [submit("toil", params={"seconds": length}).job_id for length in (seconds + 3, 1.0)]
        wait_until(lambda: len(stack.processes("horse")) == 2, "both run")
        waiting = [submit("toil", params={"seconds": TOIL_SECONDS, "n": n}).job_id for n in range(10)]
        asked = Asked()
        with polling(stack.url, [f"/api/progress/{running[0]}"], number=20) as polls:
            with locked(stack) as let_go, asked.one_a_second(stack, song_ids, seconds):
                let_go()
                free = time.monotonic()
            until_all_over(stack)
            recovered = time.monotonic() - free
        wrong = polls_kept(polls)
        if attempts(stack, running[:1]) != [1]:
            wrong.append("a job that lived lost its lease to the lock")
        return made(stack, running + waiting, asked, recovered, wrong)


@row("6", "SQLite locked by another process for 3 s", bound_seconds=75)
def locked_3(kit: Kit) -> Outcome:
    return _locked_for(kit, 3)


@row("6b", "SQLite locked for 20 s", bound_seconds=75)
def locked_20(kit: Kit) -> Outcome:
    return _locked_for(kit, 20)


@row("6c", "SQLite locked for 70 s, longer than a lease", bound_seconds=75)
def locked_70(kit: Kit) -> Outcome:
    return _locked_for(kit, 70)


@contextmanager
def postgres_proxied(folder: Path) -> Iterator[tuple[str, ChaosProxy]]:
    """The address of an empty PostgreSQL, through a proxy."""
    with postgres() as url:
        found = re.fullmatch(r".*//(?P<user>\w+)@/postgres\?host=(?P<folder>.+)", url)
        assert found
        with ChaosProxy(f"{found['folder']}/.s.PGSQL.5432") as proxy:
            yield f"postgresql+psycopg://{found['user']}@127.0.0.1:{proxy.port}/postgres", proxy


@row("7", "PostgreSQL gone for 20 s, while jobs end", bound_seconds=90)
def postgresql_gone(kit: Kit) -> Outcome:
    seconds = 20.0
    with postgres_proxied(kit.folder) as (url, proxy), kit.stack(DATABASE_URL=url, **PRODUCTION_LEASES) as stack:
        with inside(stack):
            song_ids = songs(stack, int(seconds))
            running = [submit("toil", params={"seconds": length}).job_id for length in (seconds + 3, 2.0)]
            wait_until(lambda: len(stack.processes("horse")) == 2, "both run")
            waiting = [submit("toil", params={"seconds": TOIL_SECONDS, "n": n}).job_id for n in range(10)]
            asked = Asked()
            proxy.mood = REFUSE
            wrong = _told_so(stack, f"/api/progress/{running[0]}")
            with asked.one_a_second(stack, song_ids, seconds):
                proxy.mood, back = PASS, time.monotonic()
            stack.engine.dispose()
            until_all_over(stack)
            recovered = time.monotonic() - back
        if attempts(stack, running) != [1, 1]:
            wrong.append(f"jobs that lived were taken from their workers: attempts {attempts(stack, running)}")
        return made(stack, running + waiting, asked, recovered, wrong)


def _told_so(stack: Stack, progress_path: str) -> list[str]:
    """What answers must be like while the database is gone: no 5xx but 503, with when to try again."""
    wrong = []
    for path in ("/", "/playlists", "/admin/queues", "/api/songs", "/api/jobs", "/readyz", progress_path):
        answer = stack.client.get(path)
        if answer.status_code >= 500 and (answer.status_code != 503 or "Retry-After" not in answer.headers):
            wrong.append(f"{path} was answered {answer.status_code}")
    return wrong


@contextmanager
def with_failing_disk(kit: Kit, below: str) -> Iterator[tuple[Stack, Path]]:
    """A Backbeat, and the file that makes everything below `DATA_DIR` fail that begins with `below`."""
    data_dir, flag = kit.fresh("data"), kit.fresh("flag")
    settings = {"LD_PRELOAD": built("disk", kit.folder), "DISK_PREFIX": f"{data_dir}/{below}", "DISK_FLAG": str(flag)}
    with kit.stack(**settings, **PRODUCTION_LEASES) as stack:
        yield stack, flag


def _disk_fails(kit: Kit, how: str, below: str, seconds: float) -> Outcome:
    with with_failing_disk(kit, below) as (stack, flag), inside(stack):
        song_ids = songs(stack, int(seconds))
        running = [submit("toil", params={"seconds": length}).job_id for length in (seconds + 3, 1.0)]
        wait_until(lambda: len(stack.processes("horse")) == 2, "both run")
        asked = Asked()
        flag.write_text(how)
        wrong = _told_so(stack, f"/api/progress/{running[0]}") + _upload_refused(stack)
        with asked.one_a_second(stack, song_ids, seconds):
            flag.unlink()
            back = time.monotonic()
        until_all_over(stack)
        recovered = time.monotonic() - back
        wrong += [f"the database says {said}" for (said,) in stack.rows("PRAGMA integrity_check") if said != "ok"]
        wrong += _left_over(stack.settings.uploads_dir)
        if asked.accepted:
            wrong.append(f"{len(asked.accepted)} analyses were accepted without a disk")
        if attempts(stack, running[:1]) != [1]:
            wrong.append("a job that lived lost its lease to the disk")
        return made(stack, running, asked, recovered, wrong)


def _left_over(uploads_dir: Path) -> list[str]:
    """Files of imports that nobody was promised, once they are old enough for the janitor."""
    for path in uploads_dir.iterdir():
        os.utime(path, (0, 0))
    uploads.remove_leftovers()
    return [f"left over: {path.name}" for path in uploads_dir.iterdir()]


def _upload_refused(stack: Stack) -> list[str]:
    answer = stack.client.post("/api/import", files={"files": ("song.txt", b"La la la\n" * 10_000)})
    return [] if answer.status_code == 503 else [f"an upload was answered {answer.status_code}: {answer.text[:200]}"]


@row("7b", "the SQLite file cannot be read for 10 s", bound_seconds=90)
def unreadable(kit: Kit) -> Outcome:
    return _disk_fails(kit, "G", "backbeat.db", 10)


@row("37", "disk full for 10 s: SQLite, uploads, Redis' AOF", bound_seconds=90)
def disk_full(kit: Kit) -> Outcome:
    return _disk_fails(kit, "F", "", 10)


@row("37b", "disk full for 70 s, longer than a lease", bound_seconds=90)
def disk_full_70(kit: Kit) -> Outcome:
    return _disk_fails(kit, "F", "", 70)


@contextmanager
def worker_ahead(stack: Stack, library: str, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """One more worker, on a host whose clock is off."""
    environ = stack.environ | {"LD_PRELOAD": library, "CLOCK_AHEAD_SECONDS": str(seconds)}
    command = [sys.executable, "-m", "tests.faults.start", "workers.worker"]
    with stack.log.open("a") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@row("18", "clocks of two workers 10 minutes off, ahead and behind", bound_seconds=20)
def clocks_differ(kit: Kit) -> Outcome:
    library = built("clock", kit.folder)
    with postgres() as url, kit.stack(DATABASE_URL=url) as stack, inside(stack):
        with worker_ahead(stack, library, 600), worker_ahead(stack, library, -600):
            wait_until(
                lambda: len(stack.get("/api/worker/health")["workers"]) == 4, "all have reported", within_seconds=60
            )
            begun = time.monotonic()
            job_ids = [submit("toil", params={"seconds": 4.0, "n": n}).job_id for n in range(8)]
            page = stack.client.get("/admin/queues").text
            until_all_over(stack)
            seconds = time.monotonic() - begun
            workers = {name for (name,) in stack.rows("SELECT DISTINCT worker FROM job")}
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), job_ids)
        wrong = [f"a job took {most} attempts" for most in {*attempts(stack, job_ids)} - {1}]
        wrong += [] if "The clock of" in page else ["no warning tells of the clocks"]
        wrong += [] if len(workers) == 4 else [f"only {len(workers)} workers took part"]
        wrong += _odd_times(stack.client, job_ids)
    return Outcome(len(job_ids), lost, doubled, seconds, tuple(wrong), "lease 3 s")


def _odd_times(client: httpx.Client, job_ids: list[str]) -> list[str]:
    took = [client.get(f"/api/progress/{job_id}").json()["elapsed_seconds"] for job_id in job_ids]
    return [f"a job of 4 s is said to have taken {seconds} s" for seconds in took if not 3.5 <= seconds <= 15]
