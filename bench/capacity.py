"""`python -m bench.capacity --cores 4 --job-seconds 5`: what a machine carries, computed from the run that is kept.

Without options (`make capacity`) it writes docs/capacity.md instead, for machines of several sizes.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench import results
from bench.report import KEPT
from bench.results import Run
from bench.rhythm import next_delay_ms
from bench.servers import ROOT
from bench.words import figure, markdown_lines
from config import Settings

PAGE = ROOT / "docs" / "capacity.md"
DAY_SECONDS, LONG_SECONDS = 86_400, 600.0
# Of the cores and of the one writer of SQLite: above it, queues grow faster than what is gained.
USABLE = 0.7
SYSTEM_MEGABYTES = 1024.0  # for the system, Redis and the database's cache

# Seconds of a job, how busy it is, watchers of each.
KINDS = ((0.05, 1.0, 0.0), (1.0, 1.0, 1.0), (5.0, 0.1, 1.0), (5.0, 1.0, 20.0), (60.0, 1.0, 1.0), (600.0, 0.5, 2.0))
SHORT_SECONDS = 1.0  # of those, jobs of less are of a type that says it is short
# What to add first, by what a machine runs out of first.
REMEDIES = {
    "workers": "raise `WORKERS`: the cores are not busy yet",
    "cores": "add cores, or another machine of workers (`ROLES`)",
    "SQLite": "move to PostgreSQL (`DATABASE_URL`): SQLite has one writer",
    "memory": "add memory, or lower `WORKERS`",
    "Redis": "give Redis a core of its own",
}


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured, on one core of the machine of the run."""

    poll_server_microseconds: float
    poll_redis_microseconds: float
    submit_milliseconds: float  # of CPU, where a job is taken in
    write_milliseconds: float  # of the one writer of SQLite: all that a job writes from its submission to its end
    job_milliseconds: float  # from the clock, of a worker that claims, runs and ends a job that does nothing
    job_cpu_milliseconds: float  # of the worker and its horse meanwhile
    short_job_milliseconds: float  # both again, of a type that is short
    short_job_cpu_milliseconds: float
    worker_megabytes: float
    web_megabytes: float

    @classmethod
    def of(cls, facts: Mapping[str, float]) -> "Costs":
        """:raise KeyError: naming what has not been measured."""
        names = cls.__dataclass_fields__
        if missing := [name for name in names if name not in facts]:
            raise KeyError(f"The run has no {', '.join(missing)}; run `make bench`.")
        return cls(**{name: facts[name] for name in names})


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine and the work it is to carry. `busy`: the part of a job's time in which it computes."""

    cores: float = 2.0
    job_seconds: float = 5.0
    busy: float = 1.0
    watchers: float = 1.0
    memory_gigabytes: float = 8.0
    workers: int | None = None
    speed: float = 1.0
    is_short: bool = False

    def overhead_seconds(self, costs: Costs) -> float:
        """What a worker takes for a job beside its work."""
        return (costs.short_job_milliseconds if self.is_short else costs.job_milliseconds) / 1000 / self.speed

    def overhead_cpu_seconds(self, costs: Costs) -> float:
        """What a job takes of a core beside its work, where it is taken in and where it is done."""
        done = costs.short_job_cpu_milliseconds if self.is_short else costs.job_cpu_milliseconds
        return (costs.submit_milliseconds + done) / 1000 / self.speed

    def worker_count(self, costs: Costs) -> int:
        """As told; else what the cores can keep busy, and the memory can hold."""
        if self.workers is not None:
            return self.workers
        return max(1, min(round(self.cores / max(self.busy, 0.05)), self.most_workers(costs)))

    def most_workers(self, costs: Costs) -> int:
        room = self.memory_gigabytes * 1024 - SYSTEM_MEGABYTES - costs.web_megabytes
        return max(1, int(room / costs.worker_megabytes))


def polls_of(job_seconds: float) -> float:
    """How often a page that shows a job asks from its start to its end, by the client's rhythm. Pure."""
    asked, at_ms, ends_ms = 1, 0.0, job_seconds * 1000
    while at_ms < ends_ms:
        at_ms += next_delay_ms(progress=min(1.0, at_ms / ends_ms), age_ms=at_ms, random=0.5)
        asked += 1
    return float(asked)


def poll_seconds(costs: Costs) -> float:
    """CPU of one poll, the server's and that of Redis."""
    return (costs.poll_server_microseconds + costs.poll_redis_microseconds) / 1e6


def job_cpu_seconds(machine: Machine, costs: Costs) -> float:
    """CPU of one job with all that watch it."""
    polls = machine.watchers * polls_of(machine.job_seconds) * poll_seconds(costs)
    return machine.job_seconds * machine.busy + machine.overhead_cpu_seconds(costs) + polls / machine.speed


def jobs_a_day(machine: Machine, costs: Costs) -> dict[str, float]:
    """How many jobs a day each resource allows; the least is what the machine carries."""
    redis_seconds = machine.watchers * polls_of(machine.job_seconds) * costs.poll_redis_microseconds / 1e6
    limits = {
        "workers": DAY_SECONDS * machine.worker_count(costs) / (machine.job_seconds + machine.overhead_seconds(costs)),
        "cores": DAY_SECONDS * USABLE * machine.cores / job_cpu_seconds(machine, costs),
        "SQLite": DAY_SECONDS * USABLE * machine.speed / (costs.write_milliseconds / 1000),
    }
    if redis_seconds:
        limits["Redis"] = DAY_SECONDS * USABLE * machine.speed / redis_seconds
    return limits


def bottleneck(machine: Machine, costs: Costs) -> str:
    """The resource that runs out first."""
    limits = jobs_a_day(machine, costs)
    first = min(limits, key=lambda name: limits[name])
    is_short_of_memory = machine.worker_count(costs) >= machine.most_workers(costs)
    return "memory" if first == "workers" and is_short_of_memory else first


def watchers_at_once(machine: Machine, costs: Costs, share: float) -> float:
    """Browsers that `share` of the cores can answer, each on the rhythm of a long job."""
    return share * USABLE * machine.cores * machine.speed / (polls_per_second() * poll_seconds(costs))


def polls_per_second() -> float:
    """Of one browser that watches a long job. Pure."""
    return polls_of(LONG_SECONDS) / LONG_SECONDS


def paced_from() -> float:
    """How many of those are asked to come less often, so that their news grow older: with the default settings."""
    return float(_default("polls_per_second") * _default("web_processes")) / polls_per_second()


def _default(setting: str) -> Any:
    return Settings.model_fields[setting].default


def told(machine: Machine, costs: Costs) -> Iterator[str]:
    """What this machine carries, for people."""
    limits = jobs_a_day(machine, costs)
    first = bottleneck(machine, costs)
    yield (
        f"{machine.cores:g} cores, {machine.memory_gigabytes:g} GB, {machine.worker_count(costs)} workers; jobs of "
        f"{machine.job_seconds:g} s, busy for {machine.busy:.0%} of it, {machine.watchers:g} watchers each"
    )
    yield from (f"  {name:<8} allow {figure(limit)} jobs a day" for name, limit in limits.items())
    yield f"  It carries {figure(min(limits.values()))} jobs a day. First: {REMEDIES[first]}."
    half = figure(watchers_at_once(machine, costs, 0.5))
    yield f"  Half of its cores answer {half} browsers that watch a long job; from {figure(paced_from())} on they"
    yield "  are told to ask less often, unless POLLS_PER_SECOND or WEB_PROCESSES is raised."


def write(run: Run) -> None:
    """docs/capacity.md; left as it is where the run cannot tell."""
    try:
        costs = Costs.of(run.facts)
    except KeyError as e:
        print(f"{PAGE.name} is left as it is. {e.args[0]}", file=sys.stderr)
        return
    PAGE.write_text("\n".join(page(run, costs)) + "\n")


def page(run: Run, costs: Costs) -> Iterator[str]:
    """Its lines."""
    yield from (
        "# Capacity",
        "",
        "How many jobs a day, and how many people who watch them, a machine carries. `make capacity` computes it from",
        "what `make bench` measured ([benchmarks](benchmarks.md)); for your own machine and work:",
        "",
        "    python -m bench.capacity --cores 4 --job-seconds 5 --busy 0.5 --watchers 2 --memory-gigabytes 16",
        "",
        "## What it is computed from",
        "",
        f"Measured {run.at} on {run.machine.cores} cores of {run.machine.processor}; `--speed` is how fast a core of",
        "yours is beside one of those.",
        "",
    )
    measured = {
        "CPU of the web server for a poll (`poll_server`)": f"{figure(costs.poll_server_microseconds)} µs",
        "CPU of Redis for a poll (`poll_redis`)": f"{figure(costs.poll_redis_microseconds)} µs",
        "CPU to take in a job (`submit`)": f"{figure(costs.submit_milliseconds)} ms",
        "all that a job writes, without a fork or a queue (`write`)": f"{figure(costs.write_milliseconds)} ms",
        "a worker's time for a job that does nothing (`overhead`)": f"{figure(costs.job_milliseconds)} ms",
        "its CPU and that of its horse meanwhile (`overhead_cpu`)": f"{figure(costs.job_cpu_milliseconds)} ms",
        "the same time for a short job": f"{figure(costs.short_job_milliseconds)} ms",
        "the same CPU for a short job": f"{figure(costs.short_job_cpu_milliseconds)} ms",
        "memory of a worker with its horse (`worker`)": f"{figure(costs.worker_megabytes)} MB",
        "memory of the web server (`web`)": f"{figure(costs.web_megabytes)} MB",
    }
    yield from markdown_lines(["", "measured"], [[name, value] for name, value in measured.items()])
    yield from _formulas()
    yield from _machines(costs)
    yield from _jobs(costs)


def _formulas() -> Iterator[str]:
    yield from (
        "",
        "## Formulas",
        "",
        f"Of cores, of Redis' one thread and of SQLite's one writer {USABLE:.0%} are counted on: above, waits grow",
        "faster than what is gained. A day has 86,400 s. The least of these is what a machine carries:",
        "",
        "    polls(job)  = questions of progress-polling.js from a job's start to its end (bench/rhythm.py)",
        "    cpu(job)    = job_seconds × busy + submit + overhead_cpu + watchers × polls × (poll_server + poll_redis)",
        "    workers     : 86,400 × WORKERS / (job_seconds + overhead)",
        f"    cores       : 86,400 × {USABLE} × cores / cpu(job)",
        f"    SQLite      : 86,400 × {USABLE} / write, as if all of that held its one writer (it holds it for less)",
        f"    Redis       : 86,400 × {USABLE} / (watchers × polls × poll_redis)",
        "    WORKERS     = cores / busy, if there is memory: (memory - 1 GB - web) / worker",
        f"    watchers at once = share of the cores × {USABLE} × cores / (polls a second × (poll_server + poll_redis))",
        "",
        "Pacing sets in apart from that: a web process that answers more than `POLLS_PER_SECOND` tells browsers to ask",
        "less often, so nothing fails and their news grow older ([benchmarks](benchmarks.md#watchers) tells). With the",
        f"default settings that is from {figure(paced_from())} browsers on: `POLLS_PER_SECOND` × `WEB_PROCESSES` /",
        f"{figure(polls_per_second())} polls a second of one browser. Raise them where the cores could answer more.",
        "",
    )


def _machines(costs: Costs) -> Iterator[str]:
    yield from ("## Machines", "", "Jobs of 5 s that compute all the time, one watcher each:", "")
    rows = []
    for cores, memory in ((2, 4), (4, 8), (8, 16), (16, 32)):
        machine = Machine(cores=cores, memory_gigabytes=memory)
        watching = figure(watchers_at_once(machine, costs, 0.5))
        rows.append([f"{cores} cores, {memory} GB", *_row(machine, costs), watching])
    yield from markdown_lines(["", *_HEAD, "watchers at once, on half of the cores"], rows)
    yield ""


def _jobs(costs: Costs) -> Iterator[str]:
    yield from (
        "## Kinds of work",
        "",
        "On 4 cores, 8 GB; a job that waits, as for a model elsewhere, is less busy:",
        "",
    )
    machine = Machine(cores=4, memory_gigabytes=8)
    rows = []
    for seconds, busy, watchers in KINDS:
        is_short = seconds < SHORT_SECONDS
        kind = replace(machine, job_seconds=seconds, busy=busy, watchers=watchers, is_short=is_short)
        rows.append(
            [
                f"{seconds:g} s{' (short)' if is_short else ''}, busy {busy:.0%}, {watchers:g} watchers",
                *_row(kind, costs),
            ]
        )
    yield from markdown_lines(["", *_HEAD], rows)


_HEAD = ("workers", "jobs a day", "runs out of", "add first")


def _row(machine: Machine, costs: Costs) -> list[str]:
    first = bottleneck(machine, costs)
    carried = min(jobs_a_day(machine, costs).values())
    return [str(machine.worker_count(costs)), figure(carried), first, REMEDIES[first]]


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--cores", type=float, help="of the machine; without it, docs/capacity.md is written")
    options.add_argument("--job-seconds", type=float, default=5.0, help="how long a job takes; default=5")
    options.add_argument("--busy", type=float, default=1.0, help="part of it in which it computes; default=1")
    options.add_argument("--watchers", type=float, default=1.0, help="browsers that watch each job; default=1")
    options.add_argument("--memory-gigabytes", type=float, default=8.0, help="default=8")
    options.add_argument("--workers", type=int, help="WORKERS; default: what cores and memory can keep busy")
    options.add_argument("--speed", type=float, default=1.0, help="of a core beside one of the run; default=1")
    options.add_argument("--short", dest="is_short", action="store_true", help="jobs of a type that is short")
    return options


def main() -> int:
    asked = _options().parse_args()
    if not KEPT.exists():
        print("Nothing was measured yet: run `make bench` first.", file=sys.stderr)
        return 1
    run = results.read_run(KEPT)
    if asked.cores is None:
        write(run)
        return 0
    print("\n".join(told(Machine(**vars(asked)), Costs.of(run.facts))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
