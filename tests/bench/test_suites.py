"""Trials in turn, and what a table makes of their rounds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import results
from bench.measuring import Effort, Suite, Trial, Values, in_turn
from bench.noise import Noise
from bench.results import Findings, Row, Table

ONE_ROUND = Effort(rounds=1, seconds=1)


def rate(*values: float) -> Callable[[float], Values]:
    left = list(values)
    return lambda seconds: {"requests_per_second": left.pop(0)}


def table(*rows: Row) -> Table:
    return Table("poll", "Polls", "requests_per_second", "bare", list(rows))


def row(name: str, rates: list[float], stolen: list[float] | None = None) -> Row:
    return Row(name, {"requests_per_second": rates}, [Noise(cores) for cores in stolen or [0.0] * len(rates)])


def test_it_compares_with_the_mean_of_the_bases_around_a_round() -> None:
    trials = [Trial("bare", rate(90, 110)), Trial("ours", rate(250))]
    found = Suite("poll", "Polls", "requests_per_second", "bare", trials).run(ONE_ROUND)
    assert found.ratio("ours") == 2.5


def test_it_begins_each_round_with_another_trial() -> None:
    trials = [Trial(name, rate()) for name in ("bare", "a", "b")]
    orders = ["".join(trial.name[0] for trial in in_turn(trials, "bare", number)) for number in range(3)]
    assert orders == ["babb", "bbab", "babb"]


def test_it_tells_the_median_of_the_rounds_ratios() -> None:
    found = table(row("bare", [100, 200, 100]), row("ours", [200, 300, 900]))
    assert found.ratio("ours") == 2


def test_it_leaves_out_rounds_that_were_disturbed() -> None:
    found = table(row("bare", [100, 100]), row("ours", [150, 50], stolen=[0.0, 0.5]))
    assert found.ratio("ours") == 1.5


def test_it_counts_all_rounds_where_each_was_disturbed() -> None:
    found = table(row("bare", [100, 100]), row("ours", [150, 50], stolen=[0.5, 0.5]))
    assert found.ratio("ours") == 1


def test_it_leaves_out_rounds_in_which_the_base_was_disturbed() -> None:
    found = table(row("bare", [100, 10], stolen=[0.0, 0.5]), row("ours", [150, 150]))
    assert found.ratio("ours") == 1.5


def test_it_compares_two_rows_round_by_round() -> None:
    found = table(row("bare", [1, 1, 1]), row("ours", [100, 90, 300]), row("theirs", [10, 30, 20]))
    assert found.quotient("ours", "theirs") == 10


def test_it_names_the_rows_there_are() -> None:
    with pytest.raises(KeyError, match="there are: bare"):
        table(row("bare", [1])).row("ours")


def test_it_reads_what_it_wrote(tmp_path: Path) -> None:
    found = Findings("poll", tables=[table(row("bare", [1.0]))], facts={"single_poll_microseconds": 400.0})
    results.write(found, tmp_path / "poll.json")
    assert results.read_findings(tmp_path / "poll.json") == found
