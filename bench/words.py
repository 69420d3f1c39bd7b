"""Findings as lines: for a terminal and for documents."""

import math
from collections.abc import Sequence

from bench.results import Aim, Row, Table

# How a metric is told, by the ending of its name.
UNITS = {
    "_per_second": "/s",
    "_milliseconds": "ms",
    "_microseconds": "µs",
    "_seconds": "s",
    "_kilobytes": "kB",
    "_megabytes": "MB",
    "_percent": "%",
}


def figure(value: float, digits: int = 3) -> str:
    """A number with as many digits as it deserves; "–" for none."""
    if math.isnan(value):
        return "–"
    if value == 0 or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"


def heading(metric: str) -> str:
    """`p99_milliseconds` is "p99 ms", `requests_per_second` "requests/s"."""
    for ending, unit in UNITS.items():
        if metric.endswith(ending):
            name = metric.removesuffix(ending).replace("_", " ")
            return name + unit if unit.startswith("/") else f"{name} {unit}"
    return metric.replace("_", " ")


def metrics(table: Table) -> list[str]:
    """All that was measured, what is compared first."""
    seen = {table.metric: None} | {metric: None for row in table.rows for metric in row.values}
    return list(seen)


def headings(table: Table) -> list[str]:
    ratio = [f"ratio to {table.base}"] if table.base else []
    noises = ["clean", "steal", "foreign"] if has_noise(table) else []
    return ["", *map(heading, metrics(table)), "spread", *ratio, *noises]


def has_noise(table: Table) -> bool:
    """Whether somebody looked at it."""
    return any(row.noise for row in table.rows)


def cells(table: Table, row: Row) -> list[str]:
    """One row's medians, spread of what is compared, ratio, and the worst noise of the rounds that count."""
    ratio = [figure(table.ratio(row.name))] if table.base else []
    values = [figure(row.of(metric)) for metric in metrics(table)]
    noises = _noises(row) if has_noise(table) else []
    return [row.name, *values, f"{table.spread(row.name):.0%}", *ratio, *noises]


def _noises(row: Row) -> list[str]:
    """How many rounds were clean, and the worst cores that were stolen and foreign in those that count."""
    quiet = sum(noise.is_clean for noise in row.noise)
    worst = (
        max((getattr(row.noise[n], name) for n in row.clean if n < len(row.noise)), default=0.0)
        for name in ("steal_cores", "foreign_cores")
    )
    return [f"{quiet}/{len(row.noise)}", *(f"{cores:.2f}" for cores in worst)]


def table_lines(table: Table) -> list[str]:
    """A table for a terminal."""
    lines = [headings(table), *(cells(table, row) for row in table.rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    return [table.title, *("  ".join(_justified(line, widths)).rstrip() for line in lines)]


def _justified(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]


def markdown_table(table: Table) -> list[str]:
    return markdown_lines(headings(table), [cells(table, row) for row in table.rows])


def markdown_lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, all others to the right."""
    rule = ["---", *("--:" for _ in head[1:])]
    return [f"| {' | '.join(line)} |" for line in (head, rule, *rows)]


def verdict(aim: Aim) -> str:
    sign = "at least" if aim.at_least else "at most"
    return f"{aim.words}: {figure(aim.value)}, aim {sign} {figure(aim.bound)}: {'met' if aim.is_met else 'MISSED'}"


def verdicts(aims: Sequence[Aim]) -> list[str]:
    return ["", *map(verdict, aims)] if aims else []
