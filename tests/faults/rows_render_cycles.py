"""Renders of which no call tells, or of which calls and looks tell at once: each ends, once, and soon."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import text

import clock
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.rows_crash_points import lit
from tests.faults.rows_renders import Renders
from tests.servers.nca import API_KEY, NcaJob, nca
from tests.waiting import wait_until

QUIET, CYCLES = 40, 8
ALLOWED_CYCLES = 2
MANY, CALLERS = 1000, 16
INTERVAL_SECONDS, LONG_SECONDS = 120, 1200
CODES, AWAY = {200}, 503
SCHEDULE = "check_renders"
OLDER = """UPDATE render SET created_at = created_at - :seconds, asked_at = asked_at - :seconds,
           check_at = check_at - :seconds, told_done_at = told_done_at - :seconds WHERE status = 'processing'"""
NOW = "UPDATE schedule SET next_at = :at, paused = false WHERE name = :name"
ENDED = """SELECT count(*) FROM schedule_run JOIN job ON job.id = schedule_run.job_id
           WHERE schedule_run.name = :name AND job.status = 'finished'"""


class Cycles(Renders):
    """Renders whose outputs appear, and time that passes, as a row says."""

    def ask_many(self, number: int) -> Sequence[NcaJob]:
        return [self.ask()[1] for _ in range(number)]

    def appear(self, jobs: Sequence[NcaJob], *, are_told: bool) -> None:
        """Their outputs are there; `are_told`: the renderer says so if it is asked."""
        for job in jobs:
            if are_told:
                self.renderer.end(job)
            else:
                self.renderer.put_output(job)

    def let_time_pass(self, seconds: float) -> None:
        with self.stack.engine.begin() as connection:
            connection.execute(text(OLDER), {"seconds": seconds})

    def cycle(self, *, within_seconds: float = 120) -> None:
        """One, as by the clock, to its end."""
        before = self._ended()
        self.begin_cycle()
        wait_until(lambda: self._ended() > before, "the cycle ends", within_seconds=within_seconds)

    def begin_cycle(self) -> None:
        scheduled = "SELECT 1 FROM schedule WHERE name = :name"
        wait_until(lambda: self.stack.rows(scheduled, name=SCHEDULE), "the schedule is there")
        with self.stack.engine.begin() as connection:
            connection.execute(text(NOW), {"name": SCHEDULE, "at": clock.now() - 1})

    def _ended(self) -> int:
        return int(self.stack.rows(ENDED, name=SCHEDULE)[0][0])

    def under_way(self) -> set[str]:
        return {job for (job,) in self.stack.rows("SELECT external_job_id FROM render WHERE status = 'processing'")}


@row("51", "every call of the renderer lost: its outputs are found within two cycles")
def calls_lost(kit: Kit) -> Outcome:
    """Of half of them the renderer says nothing either, however often it is asked."""
    chance, late = random.Random(kit.seed), Counter[int]()
    with _cycles(kit) as cycles:
        jobs = cycles.ask_many(QUIET * kit.tries)
        appears = {job.job_id: chance.randrange(CYCLES) for job in jobs}
        cycles.let_time_pass(300)
        for number in range(CYCLES + ALLOWED_CYCLES):
            new = [job for job in jobs if appears[job.job_id] == number]
            cycles.appear(new[::2], are_told=True)
            cycles.appear(new[1::2], are_told=False)
            before = cycles.under_way()
            cycles.let_time_pass(INTERVAL_SECONDS)
            cycles.cycle()
            late.update(number - appears[job_id] + 1 for job_id in before - cycles.under_way())
        breaches = [f"{late[n]} were found in cycle {n} after they appeared" for n in late if n > ALLOWED_CYCLES]
        breaches += [f"{late[n]} ended before they appeared" for n in late if n < 1]
        return cycles.outcome(
            breaches, f"found in cycle: {dict(sorted(late.items()))}; {len(cycles.renderer.files.asked)} questions"
        )


@row("52", "1,000 renders of which calls and looks tell at once: each ends once")
def calls_and_looks(kit: Kit) -> Outcome:
    chance = random.Random(kit.seed)
    with _cycles(kit, POLLING_BATCH_SIZE="100", WEB_PROCESSES="4") as cycles:
        jobs = list(cycles.ask_many(MANY))
        cycles.appear(jobs, are_told=True)
        cycles.let_time_pass(LONG_SECONDS)
        chance.shuffle(jobs)
        with ThreadPoolExecutor(CALLERS + 1) as pool:
            looks = pool.submit(cycles.cycle, within_seconds=300)
            answers = Counter(pool.map(lambda job: cycles.renderer.call(job).status_code, jobs))
            looks.result()
        _until_none_is_under_way(cycles)
        found = dict(cycles.stack.rows("SELECT found_by, count(*) FROM render GROUP BY found_by"))
        breaches = [f"calls were answered {dict(answers)}"] * (set(answers) != CODES)
        breaches += [f"all were found in one way: {found}"] * (len(found) < 2)
        return cycles.outcome(breaches, f"found by {found}")


def _until_none_is_under_way(cycles: Cycles) -> None:
    """What a crowd of calls has put off is done by jobs, and by the next cycles."""
    for _ in range(ALLOWED_CYCLES):
        if cycles.under_way():
            cycles.let_time_pass(LONG_SECONDS)
            cycles.cycle(within_seconds=300)


@row("53", "renderer and storage away for a cycle; its process killed at R1 and at R2", bound_seconds=30)
def killed_in_a_cycle(kit: Kit) -> Outcome:
    with _cycles(kit) as cycles:
        breaches = _nobody_there(cycles)
        seconds = [_killed_at(cycles, place) for place in ("R1", "R2")]
        outcome = cycles.outcome(breaches, "; ".join(f"{s:.1f} s" for s in seconds))
        return replace(outcome, recovery_seconds=max(seconds))


def _nobody_there(cycles: Cycles) -> list[str]:
    """Nothing ends, and nobody is asked for each of many."""
    cycles.appear(cycles.ask_many(QUIET), are_told=True)
    files = cycles.renderer.files
    files.status, cycles.renderer.down = AWAY, True
    cycles.let_time_pass(LONG_SECONDS)
    before = len(files.asked)
    cycles.cycle()
    asked, left = len(files.asked) - before, len(cycles.under_way())
    files.status, cycles.renderer.down = None, False
    wrong = [f"{QUIET - left} ended while nobody answered"] * (left != QUIET)
    return wrong + [f"{asked} questions to who does not answer"] * (asked >= QUIET)


def _killed_at(cycles: Cycles, place: str) -> float:
    """From the death to the last of them, by the cycle that goes on."""
    cycles.appear(cycles.ask_many(QUIET), are_told=True)
    cycles.let_time_pass(LONG_SECONDS)
    with lit(cycles.stack, place):
        cycles.begin_cycle()
    died = time.monotonic()
    wait_until(lambda: not cycles.under_way(), f"all are found after {place}", within_seconds=120)
    return time.monotonic() - died


@contextmanager
def _cycles(kit: Kit, **settings: str) -> Iterator[Cycles]:
    known = {"NCA_API_KEY": API_KEY, "API_CALLS_PER_MINUTE": "1000000", "ANALYZE_PER_MINUTE": "100000"}
    with nca() as renderer:
        addresses = {"NCA_BASE_URL": renderer.url, "RENDER_OUTPUT_URL": renderer.output_pattern}
        with kit.stack(**known, **addresses, **settings) as stack, inside(stack) as app:
            yield Cycles(stack, renderer, app)
