"""How everything here is measured: trials in turn, round after round, with the noise of each.

options = parser(__doc__).parse_args()
finish(options, lambda effort: Findings("poll", tables=[Suite("poll", "Title", metric, base, trials).run(effort)]))
"""

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import results
from bench.noise import Noise, noticed
from bench.results import Findings, Row, Table
from bench.words import table_lines, verdicts

Values = Mapping[str, float]
QUICK_SCALE = 0.02


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: rounds, seconds of each trial, and the part of a scale's sizes that is tried (0 to 1)."""

    rounds: int
    seconds: float
    scale: float = 1.0

    def size(self, full: int, least: int = 1) -> int:
        return max(least, round(full * self.scale))


@dataclass(frozen=True, slots=True)
class Trial:
    """A contestant; `measure(seconds)` tells the value of each metric, named with its unit, once."""

    name: str
    measure: Callable[[float], Values]


@dataclass(frozen=True, slots=True)
class Suite:
    """Contestants, measured turn by turn. The base opens and closes each round, and its mean is that round's."""

    name: str
    title: str
    metric: str
    base: str
    trials: Sequence[Trial]
    note: str = ""

    def run(self, effort: Effort) -> Table:
        rows = {trial.name: Row(trial.name) for trial in self.trials}
        for number in range(effort.rounds):
            for name, taken in self._round(number, effort.seconds).items():
                _add(rows[name], taken)
        return Table(self.name, self.title, self.metric, self.base, list(rows.values()), self.note)

    def _round(self, number: int, seconds: float) -> dict[str, list[tuple[Values, Noise]]]:
        taken: dict[str, list[tuple[Values, Noise]]] = {trial.name: [] for trial in self.trials}
        for trial in in_turn(self.trials, self.base, number):
            print(f"round {number + 1}: {trial.name} …", file=sys.stderr, flush=True)
            with noticed() as noise:
                values = trial.measure(seconds)
            taken[trial.name].append((values, noise))
        return taken


def in_turn(trials: Sequence[Trial], base: str, number: int) -> list[Trial]:
    """The order of a round, with the base around: each begins with another one, so that no place is anybody's."""
    bases = [trial for trial in trials if trial.name == base]
    others = [trial for trial in trials if trial.name != base]
    first = number % len(others) if others else 0
    return [*bases, *others[first:], *others[:first], *bases]


def _add(row: Row, taken: Sequence[tuple[Values, Noise]]) -> None:
    """One round's value of each metric: the mean, if it was measured twice."""
    for metric in taken[0][0]:
        row.values.setdefault(metric, []).append(sum(values[metric] for values, _ in taken) / len(taken))
    row.noise.append(
        Noise(
            steal_cores=max(noise.steal_cores for _, noise in taken),
            foreign_cores=max(noise.foreign_cores for _, noise in taken),
            speed=round(sum(noise.speed for _, noise in taken) / len(taken), 1),
        )
    )


def parser(doc: str | None, *, rounds: int = 3, seconds: float = 3.0) -> argparse.ArgumentParser:
    """Options that all modules know; each may add its own."""
    made = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    made.add_argument("--rounds", type=int, default=rounds, help=f"default={rounds}")
    made.add_argument("--seconds", type=float, default=seconds, help=f"of each trial; default={seconds:g}")
    made.add_argument("--quick", action="store_true", help="only whether it works: one round of a second, small sizes")
    made.add_argument("--json", type=Path, help="also write what was found here")
    return made


def effort_of(options: argparse.Namespace) -> Effort:
    if options.quick:
        return Effort(1, 1.0, QUICK_SCALE)
    return Effort(options.rounds, options.seconds)


def finish(options: argparse.Namespace, measure: Callable[[Effort], Findings]) -> int:
    """Measure, print what was found, keep it where asked; the exit code. An aim that is missed is told and is no error,
    since machines differ, and what else they do."""
    began = time.monotonic()
    effort = effort_of(options)
    found = measure(effort)
    found.seconds = math.ceil(time.monotonic() - began)
    found.rounds, found.is_quick, found.at = effort.rounds, options.quick, results.now()
    for line in report(found):
        print(line)
    if options.json:
        results.write(found, options.json)
    return 0


def report(found: Findings) -> list[str]:
    """Lines for a terminal; a ratio table and the aims come last."""
    curves = [
        f"{curve.title}: {curve.of}, {curve.words}: "
        + ", ".join(
            f"{size:,.0f}: {cost:,.3g} {curve.unit}" for size, cost in zip(curve.sizes, curve.costs, strict=True)
        )
        for curve in found.curves
    ]
    facts = [f"{name}: {value:,.4g}" for name, value in found.facts.items()]
    tables = [line for table in found.tables for line in ("", *table_lines(table))]
    return [*facts, *curves, *tables, *verdicts(found.aims)]
