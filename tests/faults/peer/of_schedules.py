"""Two schedulers, as whoever does not want to depend on one starts them."""

import os
import subprocess
from contextlib import ExitStack

from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer.site import Site, program, site
from tests.ops.launching import PROJECT

INTERVAL_SECONDS, TICKS = 2.0, 8


def two_schedulers(kit: Kit) -> Outcome:
    """What two have started beyond what one has, in as long a time."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer:
        peer.work()
        alone = _ticks(peer, 1)
        both = _ticks(peer, 2)
        return Outcome(alone, doubled=max(0, both - alone), note=f"{alone} runs by one scheduler, {both} by two")


def _ticks(peer: Site, schedulers: int) -> int:
    """How many jobs ran in the time of `TICKS`."""
    before = peer.done()["tick"]
    with ExitStack() as stack:
        for _ in range(schedulers):
            stack.callback(_end, _scheduler(peer))
        peer.wait(lambda: peer.done()["tick"] > before, 30)
        peer.wait(lambda: False, (TICKS - 0.5) * INTERVAL_SECONDS)
    peer.wait(lambda: not any(worker.horses() for worker in peer.workers) and len(peer.queue()) == 0, 10)
    return peer.done()["tick"] - before


def _scheduler(peer: Site) -> subprocess.Popen[bytes]:
    command = [program("rq"), "cron", "--url", peer.url, "--path", str(PROJECT), "tests.faults.peer.cron"]
    with peer.log.open("a") as log:
        environ = os.environ | {"PEER_EFFECTS": str(peer.effects)}
        return subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=log, stderr=log)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)
