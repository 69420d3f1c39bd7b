"""`python -m bench.report`: docs/benchmarks.md and its plots, made of the run that is kept."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import results
from bench.modules import MODULES
from bench.noise import MOST_FOREIGN, MOST_STEAL
from bench.peers import environment
from bench.results import Curve, Findings, Run, Table
from bench.servers import ROOT
from bench.words import figure, markdown_lines, markdown_table, verdict

KEPT = ROOT / "bench" / "results" / "run.json"
PAGE, PLOTS = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks"
TITLES = {module.name: module.title for module in MODULES}
GROUPS = {"watchers": "Watchers", "sql": "Jobs in SQL", "queues": "Rings in each queue", "children": "Children"}


def write(run: Run) -> None:
    """The page and its plots."""
    PAGE.write_text("\n".join(page(run)) + "\n")
    drawn = json.dumps([*bars(run), *growth(run)])
    command = [environment.program("python"), "-m", "bench.plots", str(PLOTS)]
    subprocess.run(command, cwd=ROOT, input=drawn, text=True, check=True)


def bars(run: Run) -> Iterator[dict[str, object]]:
    """What bench/plots.py draws of tables."""
    for table in (table for found in run.findings for table in found.tables if is_drawn(table)):
        ratios = {row.name: table.ratio(row.name) for row in table.rows}
        label = f"{table.metric.replace('_', ' ')}, ratio to {table.base}"
        yield {
            "file": file_name(table.name),
            "label": label,
            "bars": {n: r for n, r in ratios.items() if not math.isnan(r)},
        }


def growth(run: Run) -> Iterator[dict[str, object]]:
    """What it draws of curves: those of a group together."""
    curves = [curve for found in run.findings for curve in found.curves]
    for group in dict.fromkeys(curve.group for curve in curves):
        those = [curve for curve in curves if curve.group == group]
        lines = {f"{curve.of} ({curve.unit})": [curve.sizes, curve.costs] for curve in those}
        yield {"file": file_name(f"growth {group}"), "label": those[0].title, "lines": lines}


def page(run: Run) -> Iterator[str]:
    """Its lines."""
    yield from _head(run)
    yield from _aims(run)
    for found in run.findings:
        yield from section(found)


def _head(run: Run) -> Iterator[str]:
    machine = run.machine
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`, each part in one run, ours and the peers' side by side; each tells when that ended,"
    yield "since one that is run alone takes the place of its older self."
    yield ""
    yield f"- {run.at}; {machine.cores} cores, {machine.processor}, {machine.memory_gigabytes:g} GB, {machine.system},"
    yield f"  Python {machine.python}. Load, servers and Redis share these cores."
    yield f"- Peers: {', '.join(f'{name} {version}' for name, version in run.versions.items())}."
    yield from (
        "- Trials take turns, round after round. A ratio is to the base of the same round; told are medians, with the",
        "  spread of the rounds (all of it, in parts of the median). *Clean* counts the rounds in which the hypervisor",
        f"  took at most {MOST_STEAL} cores and other programs {MOST_FOREIGN}: only those count, where there are any.",
        "  *Steal* and *foreign* are the worst of those. Read ratios, not rates; rows within their spread are equal.",
    )
    yield ""


def _aims(run: Run) -> Iterator[str]:
    aims = [aim for found in run.findings for aim in found.aims]
    if not aims and not run.broken:
        return
    yield "## What was promised"
    yield ""
    yield from (f"- {verdict(aim)}" for aim in aims)
    yield from (f"- **`python -m bench.{name}` broke: what it was to show is not told here.**" for name in run.broken)
    yield ""


def section(found: Findings) -> Iterator[str]:
    """A benchmark's own part."""
    yield f"## {TITLES.get(found.module, found.module)}"
    yield ""
    quick = " A quick run: its figures mean nothing." if found.is_quick else ""
    at = f"; ended {found.at}" if found.at else ""
    yield f"`python -m bench.{found.module}`: rounds: {found.rounds}, {found.seconds:.0f} s in all{at}.{quick}"
    yield ""
    for table in found.tables:
        yield from _table(table)
    for group in dict.fromkeys(curve.group for curve in found.curves):
        yield from _curves(group, [curve for curve in found.curves if curve.group == group])
    if found.facts:
        yield from (f"- {name.replace('_', ' ')}: {figure(value)}" for name, value in found.facts.items())
        yield ""


def _table(table: Table) -> Iterator[str]:
    yield f"**{table.title}**"
    yield ""
    if is_drawn(table):
        yield f"![{table.title}: {table.metric.replace('_', ' ')}](benchmarks/{file_name(table.name)})"
        yield ""
    yield from markdown_table(table)
    yield ""
    if table.note:
        yield table.note
        yield ""


def _curves(group: str, curves: Sequence[Curve]) -> Iterator[str]:
    title = GROUPS.get(group, group)
    yield f"**{title}**"
    yield ""
    yield f"![{title}: how costs grow](benchmarks/{file_name(f'growth {group}')})"
    yield ""
    sizes = [f"{size:,.0f}" for size in curves[0].sizes]
    rows = [[f"{c.of} ({c.unit})", *(figure(cost) for cost in c.costs), c.words] for c in curves]
    yield from markdown_lines(["", *sizes, "growth"], rows)
    yield ""


def is_drawn(table: Table) -> bool:
    """Few rows with a base to compare with: more are a table's work."""
    return bool(table.base) and 2 < len(table.rows) <= 24


def file_name(name: str) -> str:
    """A plot's file, of the name of what it shows."""
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-") + ".svg"


if __name__ == "__main__":
    write(results.read_run(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT))
