"""`python -m bench.poll`: what a poll costs, ours and the peers', against a bare Flask endpoint, in one run.

The base is Flask that answers a constant, on gunicorn with one sync process; peers are served the same way, as their
documentation has it; ours as it is deployed, by one process. All share a Redis on a unix socket. `wrk` loads one at a
time with 32 connections, in turn, round after round; what counts is the ratio to the base of the same round. Our jobs
are running ones, so that their documents come from Redis; where each poll is for another of 2,000 jobs, nothing that a
process remembers helps it. What a poll asks of Redis is counted with one connection.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx

from app import create_app
from bench.load import HttpTrial, RedisMeter, in_turn
from bench.measuring import Effort, Suite, finish, parser
from bench.peers.servers import BARE, bare, peers
from bench.results import Aim, Findings, Table
from bench.running import Site, closed, running_jobs, served
from bench.servers import folder, redis_server

JOBS, BATCH = 2000, 50
SINGLE, EACH_ANOTHER = "Backbeat, one job", "Backbeat, each poll another job"
SIGNED_IN, BY_KEY = "Backbeat, signed in", "Backbeat, by API key"
NOTHING_NEW, MANY = "Backbeat, nothing new (304)", f"Backbeat, {BATCH} jobs at once"
ON_GRANIAN = "Backbeat on granian"
CLOSING = "Backbeat, a connection for each poll"
CELERY, DASHBOARD = "celery-progress", "rq-dashboard, a job"
ALONE = (SINGLE, EACH_ANOTHER, SIGNED_IN, BY_KEY)
NOTE = (
    "The base and the peers but flower are on a sync worker, as their documentation serves them: it closes each "
    "connection after one answer. Ours keeps them, and answers polls that come together by one command to Redis; "
    "the row with a connection for each poll does without the first."
)
ALONE_NOTE = (
    "One connection, so that no poll shares its command to Redis with another. None asks the database, which "
    "tests/polls hold it to."
)


def open_trials(site: Site, meter: RedisMeter, script: Path, names: Mapping[str, str]) -> Iterator[HttpTrial]:
    """Polls of a site that everybody may see; `names` are of one, another each time, nothing new and many."""
    one = site.base + site.one
    known = {"If-None-Match": httpx.get(one).headers["ETag"]}
    each = in_turn([f"/api/progress/{job_id}" for job_id in site.ids], script)
    yield HttpTrial(names["one"], one, site.pid, meter)
    yield HttpTrial(names["each"], one, site.pid, meter, script=each)
    yield HttpTrial(names["304"], one, site.pid, meter, headers=known)
    yield HttpTrial(names["many"], site.base + site.many(BATCH), site.pid, meter)


def closing_trial(site: Site, meter: RedisMeter) -> HttpTrial:
    """As a sync worker has it for the base and the peers."""
    return HttpTrial(CLOSING, site.base + site.one, site.pid, meter, headers={"Connection": "close"})


def closed_trials(site: Site, meter: RedisMeter, carried: Mapping[str, Mapping[str, str]]) -> Iterator[HttpTrial]:
    """Polls of a site that asks who is there; the job is theirs."""
    for name, way in ((SIGNED_IN, "session"), (BY_KEY, "key")):
        yield HttpTrial(name, site.base + site.one, site.pid, meter, headers=carried[way])


def ours(stack: ExitStack, where: Path, redis_url: str) -> Iterator[HttpTrial]:
    """Backbeat by gunicorn, open and closed, and by granian."""
    meter = RedisMeter(redis_url)
    ids = running_jobs(create_app(data_dir=where / "open", redis_url=redis_url, log_level="error"), JOBS)
    names = {"one": SINGLE, "each": EACH_ANOTHER, "304": NOTHING_NEW, "many": MANY}
    open_site = stack.enter_context(served(where / "open", redis_url, ids))
    yield from open_trials(open_site, meter, where / "gunicorn.lua", names)
    yield closing_trial(open_site, meter)
    of_bob, carried = closed(where / "closed", redis_url, BATCH)
    yield from closed_trials(stack.enter_context(served(where / "closed", redis_url, of_bob)), meter, carried)
    told = ("one job", "each poll another job", "nothing new (304)", f"{BATCH} jobs at once")
    on_granian = {key: f"{ON_GRANIAN}, {words}" for key, words in zip(names, told, strict=True)}
    granian = stack.enter_context(served(where / "open", redis_url, ids, server="granian"))
    yield from open_trials(granian, meter, where / "granian.lua", on_granian)


def aims(table: Table, alone: Table) -> list[Aim]:
    """What is promised of polls: of `table` by their ratios, of those `alone` by what each asks of Redis."""
    granian = table.ratio(f"{ON_GRANIAN}, one job")
    granian_another = table.ratio(f"{ON_GRANIAN}, each poll another job")
    promised = ((SINGLE, 1.25), (EACH_ANOTHER, 1.25), (SIGNED_IN, 1.0), (BY_KEY, 1.0), (MANY, 0.5))
    return [
        *(Aim(f"{name}, of {BARE}", table.ratio(name), least) for name, least in promised),
        Aim(f"{ON_GRANIAN}, one job, of {BARE}", granian, 4.0),
        Aim(f"{ON_GRANIAN}, each poll another job, of {BARE}", granian_another, 4.0),
        Aim(f"{ON_GRANIAN}, of {CELERY}", table.quotient(f"{ON_GRANIAN}, one job", CELERY), 8.0),
        Aim(f"{SINGLE}, of {CELERY}", table.quotient(SINGLE, CELERY), 2.0),
        Aim(f"{SINGLE}, of {DASHBOARD}", table.quotient(SINGLE, DASHBOARD), 2.0),
        *(
            Aim(f"{row.name}, by itself: Redis {what} of a poll", row.of(f"Redis_{what}"), most, at_least=False)
            for row in alone.rows
            for what, most in (("commands", 1.01), ("connections", 0.01))
        ),
    ]


def facts(alone: Table) -> dict[str, float]:
    """What docs/capacity.md is computed from, of polls that share no command to Redis."""
    return {"poll_redis_microseconds": alone.row(EACH_ANOTHER).of("Redis_CPU_microseconds")}


def measure(effort: Effort) -> Findings:
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        url = stack.enter_context(redis_server(where))
        asked = [stack.enter_context(bare()), *stack.enter_context(peers(url))]
        theirs = [HttpTrial(one.name, one.url, one.pid, RedisMeter(url)) for one in asked]
        trials = [*theirs, *ours(stack, where, url)]
        title = "Polls: requests a second, 32 connections, one server process"
        turns = [trial.trial() for trial in trials]
        table = Suite("poll", title, "requests_per_second", BARE, turns, NOTE).run(effort)
        alone = alone_suite(trials).run(effort)
    return Findings("poll", tables=[alone, table], aims=aims(table, alone), facts=facts(alone))


def alone_suite(trials: Sequence[HttpTrial]) -> Suite:
    """Ours, one poll after the other."""
    ours_alone = [replace(trial, connections=1).trial() for trial in trials if trial.name in ALONE]
    return Suite("poll_alone", "One poll after the other", "Redis_commands", "", ours_alone, ALONE_NOTE)


if __name__ == "__main__":
    sys.exit(finish(parser(__doc__, rounds=3, seconds=2).parse_args(), measure))
