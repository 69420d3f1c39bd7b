"""Workers that die."""

from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.peer.site import CAP_SECONDS, Site, Worker, site

# RQ takes a job whose worker is gone for abandoned after 90 s, if anybody looks.
LONG_SECONDS, ABANDONED_SECONDS = 110.0, 95.0


def worker_killed(kit: Kit) -> Outcome:
    """Two faults side by side: a machine goes with all that is on it; a worker alone goes, and its horse runs on."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer:
        machine, worker = peer.work(queue="machine"), peer.work(queue="worker")
        peer.enqueue("machine", 3.0, queue="machine")
        peer.enqueue("worker", 3.0, LONG_SECONDS, queue="worker")
        peer.wait(lambda: machine.horses() and worker.horses(), 30)
        horse = machine.horse()
        machine.process.kill()
        horse.kill()
        worker.process.kill()
        if (recovery := peer.wait(peer.all_over, ABANDONED_SECONDS)) is None:
            peer.work(queue="worker")  # as a deployment or a larger fleet does
            recovery = peer.wait(peer.all_over, CAP_SECONDS - ABANDONED_SECONDS)
        note = (
            f"{CAP_SECONDS:.0f} s after the fault RQ says {peer.statuses()}: "
            f"one lost its machine, the other ({LONG_SECONDS:.0f} s long) its worker, and a worker joined at "
            f"{ABANDONED_SECONDS:.0f} s"
        )
        return peer.outcome(["machine", "worker"], recovery, gave_up_after_seconds=CAP_SECONDS, note=note)


def horse_killed(kit: Kit) -> Outcome:
    """With `Retry(max=3)`; without it the job fails."""
    with kit.redis(append_only=True) as redis, site(kit, redis.url) as peer:
        worker = peer.work()
        items = [f"job{number}" for number in range(max(3, kit.tries))]
        recoveries = [_kill_horse_of(peer, worker, item) for item in items]
        worst = None if None in recoveries else max(seconds or 0.0 for seconds in recoveries)
        return peer.outcome(items, worst, gave_up_after_seconds=CAP_SECONDS)


def _kill_horse_of(peer: Site, worker: Worker, item: str) -> float | None:
    """Seconds until the job is over after all."""
    peer.enqueue(item, 1.0)
    peer.wait(worker.horses, 30)
    worker.horse().kill()
    return peer.wait(peer.all_over)
