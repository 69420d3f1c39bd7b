"""The same work asked for many times at once, and an application that dies between its commit and the enqueue."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from rq import Retry
from rq.exceptions import DuplicateJobError

from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer import jobs
from tests.faults.peer.site import Site, site
from tests.ops.launching import PROJECT

CLICKS, CRASHES = 100, 10
# As long as ours may take until it has enqueued what was committed.
PATIENCE_SECONDS = 20.0


def clicked_at_once(kit: Kit) -> Outcome:
    """With RQ's own means, `unique=True` and an id made from the target; and counted without it too."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer:
        peer.work()
        _click(peer, "unique", unique=True)
        _click(peer, "plain", unique=False)
        peer.enqueue("last")
        peer.wait(lambda: peer.done()["last"], 60)
        plain = peer.done()["plain"] - 1
        again = _is_refused(peer, "unique")
        note = f"with unique=True; without it {plain} of {CLICKS} were doubled" + (
            "; a click after the end is refused for 500 s, while the result is kept" if again else ""
        )
        return peer.outcome(["unique"], note=note)


def _click(peer: Site, item: str, *, unique: bool) -> None:
    start = threading.Barrier(CLICKS)

    def click() -> None:
        start.wait()
        _enqueue(peer, item, unique=unique)

    threads = [threading.Thread(target=click) for _ in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _enqueue(peer: Site, item: str, *, unique: bool) -> bool:
    """False if RQ says that it has that job already."""
    options = {"job_id": f"analyze-{item}", "unique": True} if unique else {}
    try:
        peer.queue().enqueue(jobs.append, args=(str(peer.effects), item), retry=Retry(max=3), **options)
    except DuplicateJobError:
        return False
    return True


def _is_refused(peer: Site, item: str) -> bool:
    return not _enqueue(peer, item, unique=True)


def crash_before_enqueue(kit: Kit) -> Outcome:
    """The application has committed its row; then it dies, before it reaches Redis. One request more gets through."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer:
        peer.work()
        rows = kit.fresh("rows")
        items = [f"job{number}" for number in range(max(CRASHES, kit.tries))]
        for item in items:
            _request(peer, rows, item, "crash")
        _request(peer, rows, "last")
        peer.wait(lambda: peer.done()["last"], PATIENCE_SECONDS)
        recovery = peer.wait(lambda: set(items) <= peer.done().keys(), PATIENCE_SECONDS)
        with closing(sqlite3.connect(rows)) as connection:
            promised = connection.execute("SELECT count(*) FROM promise").fetchone()[0] - 1
        note = f"{promised} promises were committed; RQ has never heard of them"
        return peer.outcome(items, recovery, gave_up_after_seconds=PATIENCE_SECONDS, note=note)


def _request(peer: Site, rows: Path, item: str, *fault: str) -> None:
    command = [sys.executable, "-m", "tests.faults.peer.request", str(rows), peer.url, str(peer.effects), item, *fault]
    subprocess.run(command, cwd=PROJECT, check=not fault)
