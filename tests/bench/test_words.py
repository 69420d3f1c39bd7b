"""Findings as lines."""

import math

import pytest

from bench.noise import Noise
from bench.results import Aim, Row, Table
from bench.words import figure, heading, markdown_table, verdict


@pytest.mark.parametrize(
    ("value", "text"),
    [(12345.6, "12,346"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.01234, "0.0123"), (0, "0")],
)
def test_it_gives_a_number_the_digits_it_deserves(value: float, text: str) -> None:
    assert figure(value) == text


def test_it_says_that_there_is_no_figure() -> None:
    assert figure(math.nan) == "–"


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("requests_per_second", "requests/s"),
        ("p99_milliseconds", "p99 ms"),
        ("server_CPU_microseconds", "server CPU µs"),
        ("Redis_commands", "Redis commands"),
    ],
)
def test_it_heads_a_column_with_the_unit(metric: str, text: str) -> None:
    assert heading(metric) == text


def test_it_puts_what_is_compared_first() -> None:
    rows = [Row(name, {"p50_milliseconds": [1.0], "requests_per_second": [rate]}, [Noise()]) for name, rate in RATES]
    lines = markdown_table(Table("poll", "Polls", "requests_per_second", "bare", rows))
    assert lines[0] == "|  | requests/s | p50 ms | spread | ratio to bare | clean | steal | foreign |"
    assert lines[3] == "| ours | 150 | 1.00 | 0% | 1.50 | 1/1 | 0.00 | 0.00 |"


RATES = (("bare", 100.0), ("ours", 150.0))


@pytest.mark.parametrize(
    ("aim", "end"),
    [(Aim("x", 1.3, 1.25), "at least 1.25: met"), (Aim("x", 1.3, 1.25, at_least=False), "at most 1.25: MISSED")],
)
def test_it_says_whether_an_aim_is_met(aim: Aim, end: str) -> None:
    assert verdict(aim).endswith(end)
