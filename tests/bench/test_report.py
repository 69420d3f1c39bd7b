"""The page of a run."""

from dataclasses import replace

from bench import report
from bench.capacity import Costs
from bench.capacity import page as capacity_page
from bench.noise import Noise
from bench.results import Aim, Curve, Findings, Machine, Row, Run, Table

MACHINE = Machine(2, "a processor", 24.0, "Linux 6", "3.11.7", 60.0)
ROWS = [Row(name, {"requests_per_second": [rate]}, [Noise()]) for name, rate in (("bare", 100.0), ("ours", 150.0))]
TABLE = Table("poll", "Polls of a job", "requests_per_second", "bare", [*ROWS, replace(ROWS[1], name="theirs")])
CURVE = Curve("sql: submit", "Jobs in SQL", "submit", "ms", [1000.0, 1_000_000.0], [2.0, 2.1], "sql")
FACTS = {
    "poll_server_microseconds": 200.0,
    "poll_redis_microseconds": 5.0,
    "submit_milliseconds": 2.0,
    "write_milliseconds": 5.0,
    "job_milliseconds": 20.0,
    "job_cpu_milliseconds": 15.0,
    "short_job_milliseconds": 5.0,
    "short_job_cpu_milliseconds": 4.0,
    "worker_megabytes": 100.0,
    "web_megabytes": 200.0,
}
FOUND = Findings("poll", [TABLE], [CURVE], [Aim("ours, of bare", 1.5, 1.25)], FACTS, seconds=60, rounds=1)
RUN = Run("2026-11-22T23:00+00:00", MACHINE, {"rq": "3.0.0"}, [FOUND])


def test_it_tells_what_was_measured_on_what() -> None:
    text = "\n".join(report.page(RUN))
    assert "2 cores, a processor, 24 GB, Linux 6" in text
    assert "rq 3.0.0" in text


def test_it_tells_whether_aims_are_met() -> None:
    assert "- ours, of bare: 1.50, aim at least 1.25: met" in list(report.page(RUN))


def test_it_tells_ratios() -> None:
    assert any(line.startswith("| ours | 150 | 0% | 1.50 |") for line in report.page(RUN))


def test_it_says_how_a_cost_grows() -> None:
    assert "| submit (ms) | 2.00 | 2.10 | flat |" in list(report.page(RUN))


def test_it_says_that_a_quick_run_means_nothing() -> None:
    quick = Run(RUN.at, MACHINE, {}, [replace(FOUND, is_quick=True)])
    assert any("its figures mean nothing" in line for line in report.page(quick))


def test_it_shows_every_plot_that_is_drawn() -> None:
    drawn = {str(plot["file"]) for plot in (*report.bars(RUN), *report.growth(RUN))}
    text = "\n".join(report.page(RUN))
    assert drawn == {"poll.svg", "growth-sql.svg"}
    assert all(f"(benchmarks/{name})" in text for name in drawn)


def test_it_tells_what_machines_carry() -> None:
    text = "\n".join(capacity_page(RUN, Costs.of(RUN.facts)))
    assert "| 2 cores, 4 GB | 2 |" in text
    assert "add cores" in text


def test_it_tells_when_each_part_was_measured() -> None:
    merged = replace(RUN, findings=[replace(FOUND, at="2026-11-21T08:00+00:00")])
    assert any("60 s in all; ended 2026-11-21T08:00+00:00." in line for line in report.page(merged))
