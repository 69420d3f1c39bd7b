"""How long a warm `make run` takes until it is ready: everything installed, the database there."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.measuring import Effort, Suite, Trial, Values, finish, parser
from bench.noise import cpu_seconds
from bench.results import Aim, Findings
from bench.servers import ROOT, folder, free_port

# What the launcher says as each part begins, and with that, of the one before, that it is over.
SAID = {
    "Starting redis": "installed_seconds",
    "Starting valkey": "installed_seconds",
    "Starting the web server": "redis_and_database_seconds",
    "Backbeat is ready": "web_seconds",
}
READY = "ready_seconds"
READY_WITHIN_SECONDS = 5.0
PATIENCE_SECONDS, ENDS_WITHIN_SECONDS = 120.0, 60.0


@contextmanager
def started(where: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`make run` on that folder and port."""
    environ = os.environ | {"DATA_DIR": str(where / "data"), "PORT": str(port)}
    running = subprocess.Popen(
        ["make", "--silent", "run"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    give_up = threading.Timer(PATIENCE_SECONDS, os.killpg, (running.pid, signal.SIGKILL))
    give_up.start()
    try:
        yield running
    finally:
        give_up.cancel()
        _end(running)


def _end(running: subprocess.Popen[str]) -> None:
    """Ctrl-C, and what lets nothing live where that does not do."""
    try:
        os.killpg(running.pid, signal.SIGINT)
        running.communicate(timeout=ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
    except ProcessLookupError:  # it was killed, since it did not get ready
        running.communicate()


def start(where: Path, port: int) -> Values:
    """Seconds from the command to the end of each part and to the first good answer of /readyz; seconds of CPU."""
    began = time.perf_counter()
    with started(where, port) as running:
        at = dict(_parts(running, began))
        _await_ready(port)
        at[READY] = time.perf_counter() - began
        return at | {"cpu_seconds": cpu_seconds(running.pid)}


def _parts(running: subprocess.Popen[str], began: float) -> Iterator[tuple[str, float]]:
    assert running.stdout
    for line in running.stdout:
        for said, part in SAID.items():
            if line.startswith(said):
                yield part, time.perf_counter() - began
        if line.startswith("Backbeat is ready"):
            return
    raise RuntimeError(f"make run was not ready within {PATIENCE_SECONDS:.0f} s, or ended before; run it by hand.")


def _await_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        while client.get("/readyz").status_code != httpx.codes.OK:
            if time.monotonic() > deadline:
                raise RuntimeError(f"/readyz gave no good answer within {PATIENCE_SECONDS:.0f} s.")
            time.sleep(0.01)


def measure(effort: Effort) -> Findings:
    with folder() as where:
        port = free_port()
        start(where, port)  # the first one fills the library
        trials = [Trial("make run", lambda _: start(where, port))]
        table = Suite("startup", "Until a warm start is ready", READY, "", trials).run(effort)
    ready = table.row("make run").of(READY)
    aim = Aim("a warm `make run` is ready, s", ready, READY_WITHIN_SECONDS, at_least=False)
    return Findings("startup", tables=[table], aims=[aim], facts={"startup_ready_seconds": ready})


if __name__ == "__main__":
    sys.exit(finish(parser(__doc__, rounds=5).parse_args(), measure))
