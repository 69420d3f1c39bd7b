"""What a machine carries, by its formulas."""

from dataclasses import replace

import pytest

from bench.capacity import Costs, Machine, bottleneck, jobs_a_day, paced_from, polls_of, watchers_at_once

COSTS = Costs(
    poll_server_microseconds=400,
    poll_redis_microseconds=20,
    submit_milliseconds=3,
    write_milliseconds=10,
    job_milliseconds=40,
    job_cpu_milliseconds=25,
    short_job_milliseconds=6,
    short_job_cpu_milliseconds=5,
    worker_megabytes=150,
    web_megabytes=300,
)
MACHINE = Machine(cores=2, job_seconds=5, watchers=1, memory_gigabytes=8)


@pytest.mark.parametrize(("seconds", "least", "most"), [(5, 5, 8), (60, 25, 40), (600, 180, 320)])
def test_it_counts_the_questions_of_a_page(seconds: float, least: float, most: float) -> None:
    assert least <= polls_of(seconds) <= most


def test_it_asks_once_about_a_job_that_is_over() -> None:
    assert polls_of(0) == 1


def test_it_keeps_every_core_busy() -> None:
    assert MACHINE.worker_count(COSTS) == 2


def test_it_has_more_workers_for_jobs_that_wait() -> None:
    assert replace(MACHINE, busy=0.1).worker_count(COSTS) == 20


def test_it_has_no_more_workers_than_memory_holds() -> None:
    assert replace(MACHINE, busy=0.1, memory_gigabytes=2).worker_count(COSTS) == 4


def test_it_carries_what_the_cores_can_compute() -> None:
    assert bottleneck(MACHINE, COSTS) == "cores"
    assert jobs_a_day(MACHINE, COSTS)["cores"] == pytest.approx(
        86_400 * 0.7 * 2 / (5 + 0.003 + 0.025 + 7 * 420e-6), rel=0.001
    )


def test_it_says_when_there_are_too_few_workers() -> None:
    assert bottleneck(replace(MACHINE, busy=0.1, workers=2), COSTS) == "workers"


def test_it_says_when_there_is_too_little_memory() -> None:
    assert bottleneck(replace(MACHINE, busy=0.1, memory_gigabytes=2), COSTS) == "memory"


def test_it_says_when_one_writer_is_too_few() -> None:
    assert bottleneck(replace(MACHINE, cores=64, job_seconds=0.05, memory_gigabytes=64), COSTS) == "SQLite"


def test_it_carries_more_on_faster_cores() -> None:
    faster = replace(MACHINE, speed=2.0)
    assert watchers_at_once(faster, COSTS, 0.5) == 2 * watchers_at_once(MACHINE, COSTS, 0.5)


def test_it_names_what_was_not_measured() -> None:
    with pytest.raises(KeyError, match="no poll_redis_microseconds, submit_milliseconds"):
        Costs.of({"poll_server_microseconds": 400, "worker_megabytes": 1, "web_megabytes": 1})


def test_it_counts_the_fork_of_a_job_that_is_not_short() -> None:
    brief = replace(MACHINE, job_seconds=0.01, workers=1, cores=64)
    of = {is_short: jobs_a_day(replace(brief, is_short=is_short), COSTS)["workers"] for is_short in (False, True)}
    assert of[False] == pytest.approx(86_400 / 0.05)
    assert of[True] == pytest.approx(86_400 / 0.016)


def test_it_gives_the_one_writer_only_what_is_written() -> None:
    assert jobs_a_day(MACHINE, COSTS)["SQLite"] == pytest.approx(86_400 * 0.7 / 0.010)


def test_it_tells_where_pacing_sets_in() -> None:
    assert paced_from() == pytest.approx(600 * 2 / (polls_of(600) / 600))
