"""What a benchmark found: tables of trials, curves over sizes, aims; kept as JSON, which documents are made of."""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import TypeAdapter

import clock
from bench.figures import middle, ratios, slope, slope_in_words, spread
from bench.noise import Noise, speed


@dataclass(slots=True)
class Row:
    """One contestant: its values of each metric, and the noise beside them, by round."""

    name: str
    values: dict[str, list[float]] = field(default_factory=dict)
    noise: list[Noise] = field(default_factory=list)

    @property
    def clean(self) -> list[int]:
        """The rounds that count: those that were not disturbed; all, where each was or nobody looked."""
        quiet = [number for number, noise in enumerate(self.noise) if noise.is_clean]
        return quiet or list(range(max(map(len, self.values.values()), default=0)))

    def of(self, metric: str) -> float:
        """The median over the rounds that count; nan where it was not measured."""
        values = self.values.get(metric, [])
        return middle([values[n] for n in self.clean if n < len(values)])


@dataclass(slots=True)
class Table:
    """Contestants side by side, compared by `metric` as a ratio to the row `base` of the same round."""

    name: str
    title: str
    metric: str
    base: str = ""
    rows: list[Row] = field(default_factory=list)
    note: str = ""

    def row(self, name: str) -> Row:
        """:raise KeyError: naming the rows that there are."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"No row {name!r} in {self.name}; there are: {', '.join(row.name for row in self.rows)}.")

    def ratios(self, row: Row) -> list[float]:
        """To the base of the same round, of the rounds that were clean for both; of all that there are, if none was."""
        if not self.base:
            return []
        values, bases = row.values.get(self.metric, []), self.row(self.base).values[self.metric]
        both = range(min(len(values), len(bases)))
        clean = [n for n in both if n in row.clean and n in self.row(self.base).clean] or both
        return ratios([values[n] for n in clean], [bases[n] for n in clean])

    def ratio(self, name: str) -> float:
        """The median of the ratios; nan for a table without a base."""
        return middle(self.ratios(self.row(name)))

    def quotient(self, name: str, other: str, metric: str = "") -> float:
        """The median of the quotients of two rows, round by round; nan where there are none."""
        pair = Table(self.name, self.title, metric or self.metric, other, [self.row(name), self.row(other)])
        return pair.ratio(name)

    def spread(self, name: str) -> float:
        row = self.row(name)
        values = row.values.get(self.metric, [])
        return spread([values[n] for n in row.clean if n < len(values)])


@dataclass(slots=True)
class Curve:
    """A cost over sizes, one value each: what `unit` is, is what is drawn."""

    name: str
    title: str
    of: str
    unit: str
    sizes: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    group: str = ""

    @property
    def slope(self) -> float:
        return slope(self.sizes, self.costs)

    @property
    def words(self) -> str:
        return slope_in_words(self.slope)


@dataclass(slots=True)
class Aim:
    """A figure that was promised: at least `bound`, or at most."""

    words: str
    value: float
    bound: float
    at_least: bool = True

    @property
    def is_met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(slots=True)
class Findings:
    """What one module of the benchmark found."""

    module: str
    tables: list[Table] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)
    facts: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    rounds: int = 0
    is_quick: bool = False
    at: str = ""  # when it was measured


@dataclass(slots=True)
class Machine:
    """What it was measured on."""

    cores: int
    processor: str
    memory_gigabytes: float
    system: str
    python: str
    speed: float


@dataclass(slots=True)
class Run:
    """A whole run of the benchmark."""

    at: str
    machine: Machine
    versions: dict[str, str]
    findings: list[Findings] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # names of benchmarks that told nothing

    def table(self, name: str) -> Table | None:
        return next((t for f in self.findings for t in f.tables if t.name == name), None)

    def curve(self, name: str) -> Curve | None:
        return next((c for f in self.findings for c in f.curves if c.name == name), None)

    @property
    def facts(self) -> dict[str, float]:
        """All that modules found as single figures, by name."""
        return {name: value for found in self.findings for name, value in found.facts.items()}


def this_machine() -> Machine:
    return Machine(
        cores=os.cpu_count() or 1,
        processor=_processor(),
        memory_gigabytes=round(psutil.virtual_memory().total / 1024**3, 1),
        system=f"{platform.system()} {platform.release()}",
        python=sys.version.split()[0],
        speed=round(speed(), 1),
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown"


def now() -> str:
    """The minute, by the wall clock in UTC."""
    return datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="minutes")


def new_run(findings: Sequence[Findings], versions: Mapping[str, str]) -> Run:
    return Run(now(), this_machine(), dict(versions), list(findings))


def write(found: Findings | Run, where: Path) -> None:
    """Readably, so that a difference between two runs can be read; a ratio to nothing as NaN, which is read again."""
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(json.dumps(asdict(found), indent=1) + "\n")


def read_findings(where: Path) -> Findings:
    return TypeAdapter(Findings).validate_json(where.read_bytes())


def read_run(where: Path) -> Run:
    return TypeAdapter(Run).validate_json(where.read_bytes())
