"""Processes that are killed in mid-job (rows 1, 2, 16)."""

import time

from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.processes import (
    all_ended,
    await_start,
    children,
    finished_children,
    horse_of,
    is_gone,
    reasons,
    seconds_until_second_attempt,
    worker_of,
)
from tests.faults.watching import following
from tests.stack import Stack
from tests.waiting import wait_until

GOOD_JOBS, GOOD_SECONDS = 50, 0.1
CRASHES_UNTIL_QUARANTINE = 3
ITEMS, ITEM_SECONDS = 40, 0.1
SLOWED_AT_MOST = 2.0  # good jobs keep half of their throughput beside one that takes a worker down three times


@row("1", "worker, and worker with its horse, killed in mid-job", bound_seconds=75, short=True)
def worker_killed(kit: Kit) -> Outcome:
    """Two workers at once: one alone, and one with its horse, as when a machine goes."""
    wanted: list[str] = []
    told: list[str] = []
    seconds: list[float] = []
    breaches: list[str] = []
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        for _ in range(kit.tries):
            go_on = kit.fresh("go")
            held = [submit("hold", params={"until": str(go_on)}).job_id for _ in range(2)]
            await_start(stack, *held)
            with following(stack, *held) as fell:
                killed = time.monotonic()
                _kill_workers(stack, *held)
                seconds += [seconds_until_second_attempt(stack, job_id, since=killed) for job_id in held]
                told += [reason for job_id in held for reason in reasons(stack, job_id)]
                go_on.touch()
                all_ended(stack, held)
            wanted += held
            breaches += fell
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), wanted)
        note = f"lease {stack.settings.lease_seconds:g} s"
    breaches += [f"people were told {words!r}" for words in told if words != "Its worker was lost."]
    return Outcome(len(wanted), lost, doubled, max(seconds), tuple(breaches), note)


def _kill_workers(stack: Stack, alone: str, with_horse: str) -> None:
    """:raise AssertionError: if a horse goes on without its worker."""
    workers = [worker_of(stack, job_id) for job_id in (alone, with_horse)]
    horses = [horse_of(worker) for worker in workers]
    for process in (*workers, horses[1]):
        process.kill()
    wait_until(lambda: all(is_gone(process) for process in (*workers, *horses)), "all four are gone", within_seconds=5)


@row("1b", "worker killed among a parent's items", bound_seconds=75, short=True)
def worker_killed_among_items(kit: Kit) -> Outcome:
    """What was done stays done: the second attempt is of the one item that was under way."""
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        parent = submit("toil_for_all", params={"size": ITEMS, "seconds": ITEM_SECONDS}).job_id
        wait_until(lambda: finished_children(stack, parent) >= 5, "some items are done", within_seconds=60)
        done_before = finished_children(stack, parent)
        with following(stack, parent) as fell:
            killed = time.monotonic()
            stack.processes("worker")[0].kill()
            stack.ended(parent, within_seconds=150)
            seconds = time.monotonic() - killed
        items = children(stack, parent)
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), items)
        attempts = int(stack.rows("SELECT sum(attempt - 1) FROM job WHERE parent_id = :id", id=parent)[0][0])
        note = f"{done_before} of {ITEMS} done before, {attempts} tried again, lease {stack.settings.lease_seconds:g} s"
    if attempts > 1:
        fell.append(f"{attempts} items were tried again")
    return Outcome(ITEMS, lost, doubled, seconds, tuple(fell), note)


@row("2", "horse killed: SIGKILL, segmentation fault, out of memory", bound_seconds=5, short=True)
def horse_killed(kit: Kit) -> Outcome:
    """Recovery is from the SIGKILL to the start of attempt 2; of all three people are told what it was."""
    told: dict[str, tuple[str, str]] = {}
    seconds: list[float] = []
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        for _ in range(kit.tries):
            go_on = kit.fresh("go")
            held = submit("hold", params={"until": str(go_on)}).job_id
            await_start(stack, held)
            horse = horse_of(worker_of(stack, held))
            killed = time.monotonic()
            horse.kill()
            seconds.append(seconds_until_second_attempt(stack, held, since=killed))
            go_on.touch()
            words = {
                held: "signal 9",
                submit("poison_once").job_id: "signal 11",
                submit("devour_once").job_id: "memory",
            }
            all_ended(stack, words)
            told |= {job_id: (expected, reasons(stack, job_id)[0]) for job_id, expected in words.items()}
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), list(told))
    breaches = tuple(
        f"people were told {said!r}, not of {words!r}" for words, said in told.values() if words not in said
    )
    return Outcome(len(told), lost, doubled, max(seconds), breaches)


@row("16", "a job that kills its process every time, beside good ones", short=True)
def poison(kit: Kit) -> Outcome:
    breaches = []
    with kit.shared_stack(**kit.leases) as stack, inside(stack):
        alone_seconds, wanted = _seconds_of_good_jobs(stack)
        bad = submit("poison").job_id
        beside_seconds, more = _seconds_of_good_jobs(stack)
        document = stack.ended(bad)
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), wanted + more)
        crashes = len(reasons(stack, bad))
    if (document["status"], crashes) != ("failed", CRASHES_UNTIL_QUARANTINE):
        breaches.append(f"after {crashes} crashes it is {document['status']}")
    if "signal 11" not in document["error"]:
        breaches.append(f"people are told {document['error']!r}")
    if beside_seconds > SLOWED_AT_MOST * alone_seconds:
        breaches.append(f"{GOOD_JOBS} good jobs took {beside_seconds:.1f} s beside it, and {alone_seconds:.1f} s alone")
    note = f"{GOOD_JOBS} good ones in {beside_seconds:.1f} s, without it in {alone_seconds:.1f} s"
    return Outcome(1 + len(wanted + more), lost, doubled, None, tuple(breaches), note)


def _seconds_of_good_jobs(stack: Stack) -> tuple[float, list[str]]:
    begun = time.monotonic()
    jobs = [submit("toil", params={"seconds": GOOD_SECONDS}).job_id for _ in range(GOOD_JOBS)]
    all_ended(stack, jobs)
    return time.monotonic() - begun, jobs
