"""One soak from its plan to its judgement."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from tests.faults.chaos import ChaosProxy
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.soak import judge
from tests.faults.soak.load import Load
from tests.faults.soak.plan import Plan, make_plan
from tests.faults.soak.strikes import Striker
from tests.servers.lrclib import LrclibServer
from tests.stack import Stack

PEACE_SECONDS = 120.0
TELL_EVERY_SECONDS = 10.0
LOOKUP_SECONDS = 0.15

Say = Callable[[str], None]


def soak(kit: Kit, jobs: int, seconds: float, say: Say = print, *, seed: int | None = None) -> Outcome:
    """Ask for so many jobs under faults for so long, wait for peace, and judge; by default with the kit's seed."""
    plan = make_plan(kit.seed if seed is None else seed, jobs, seconds)
    say(
        f"Seed {plan.seed}: {jobs} jobs in {len(plan.asks)} asks and "
        f"{len(plan.process_strikes) + len(plan.store_strikes)} faults in {seconds:g} s. The same again:\n"
        f"  python -m tests.faults.soak --seed {plan.seed} --jobs {jobs} --seconds {seconds:g}\n"
        "  (what happens when is the same; how processes share the machine is not, so try a seed more than once)"
    )
    began = time.monotonic()
    with (
        kit.redis(append_only=True) as redis,
        ChaosProxy(redis.socket, listen=f"{redis.socket}.chaos") as proxy,
        LrclibServer() as lrclib,
        kit.stack(
            REDIS_URL=f"unix://{proxy.address}",
            LRCLIB_URL=lrclib.url,
            LRCLIB_REQUESTS_PER_SECOND="100",
            ANALYZE_PER_MINUTE="100000",  # all the people of a soak are the same one
        ) as stack,
        _load(stack, plan) as load,
    ):
        start_seconds = time.monotonic() - began
        lrclib.thinks_for_seconds = LOOKUP_SECONDS
        load.prepare(lrclib)
        striker = Striker(stack, redis, proxy, lrclib, plan.seed, start_seconds, say)
        _war(load, striker, plan)
        failures: dict[str, judge.Failure] = {}
        recovery = _peace(stack, load, failures, say)
        return _judged(stack, load, redis.url, recovery, list(failures.values()), striker, say)


@contextmanager
def _load(stack: Stack, plan: Plan) -> Iterator[Load]:
    load = Load(stack.url, plan)
    yield load
    load.close()


def _war(load: Load, striker: Striker, plan: Plan) -> None:
    """The people and the faults, until both are done."""
    began = time.monotonic()
    threads = striker.start(began, plan.process_strikes, plan.store_strikes)
    load.go_through(began)
    for thread in threads:
        thread.join()
    if striker.errors:
        raise RuntimeError("A fault could not be made.") from striker.errors[0]


def _peace(stack: Stack, load: Load, failures: dict[str, judge.Failure], say: Say) -> float | None:
    """Seconds until every job was over, with those that had failed (`failures`, filled here) started over once, as
    people do when the trouble is over; None if some are not."""
    began = told = time.monotonic()
    say(f"Peace. Still to end: {dict(judge.live(stack.engine))}")
    while (passed := time.monotonic() - began) < PEACE_SECONDS:
        try:
            fresh = {job_id: why for job_id, why in judge.failed(stack.engine).items() if job_id not in failures}
            if not fresh and not judge.live(stack.engine):
                return passed
        except OperationalError:  # the database is busy: look again
            continue
        for job_id, why in fresh.items():
            say(f"  starting {job_id} over, which had failed: {why.code}: {why.error}")
            failures[job_id] = why
            load.start_over(job_id)
        if time.monotonic() - told > TELL_EVERY_SECONDS:
            told = time.monotonic()
            say(f"  after {passed:.0f} s still to end: {dict(judge.live(stack.engine))}")
        time.sleep(0.2)
    return None


def _judged(
    stack: Stack,
    load: Load,
    redis_url: str,
    recovery: float | None,
    failures: Sequence[judge.Failure],
    striker: Striker,
    say: Say,
) -> Outcome:
    lost, doubled = judge.lost(stack.engine, load), judge.doubled(stack.engine)
    breaches = [*judge.few(lost), *judge.few(doubled), *judge.breaches(stack.engine, load, redis_url)]
    breaches += judge.few(judge.unexplained(failures))
    if recovery is None:
        breaches.append(f"{PEACE_SECONDS:.0f} s after the last fault there were still {dict(judge.live(stack.engine))}")
    jobs = stack.rows("SELECT count(*), sum(attempt - 1), sum(status = 'canceled') FROM job")[0]
    note = f"seed {load.plan.seed}, {striker.made} faults, {jobs[1]} further attempts, {jobs[2]} canceled, "
    note += f"{_told(failures)}, lease 3 s"
    over = "not all over" if recovery is None else f"all over in {recovery:.1f} s of peace"
    say(f"{note}; answers {dict(load.codes)}; {over}")
    return Outcome(int(jobs[0]), len(lost), len(doubled), recovery, tuple(breaches), note)


def _told(failures: Sequence[judge.Failure]) -> str:
    """How many had failed, and of what, before they were started over."""
    if not failures:
        return "none failed"
    codes = Counter(failure.code for failure in failures)
    named = ", ".join(f"{number} {code}" for code, number in sorted(codes.items()))
    return f"{len(failures)} failed and were started over ({named})"
