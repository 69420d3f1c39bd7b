"""`python -m bench`: everything in one go, or what is named (`python -m bench poll jobs`), and the documents from it.

Each benchmark runs in a process of its own. What all found is kept in bench/results/run.json; docs/benchmarks.md with
its plots and docs/capacity.md are made of it. One that is run alone takes its place in the run that is kept.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import capacity, report, results, suites
from bench.modules import Module, named
from bench.peers import environment
from bench.results import Findings, Run
from bench.servers import ROOT

KEPT = ROOT / "bench" / "results" / "run.json"


def merged(before: Run | None, found: Sequence[Findings]) -> list[Findings]:
    """What is new in place of what is old, in the order of the modules."""
    latest = {one.module: one for one in (*(before.findings if before else ()), *found)}
    return [latest[module.name] for module in named([]) if module.name in latest]


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("names", nargs="*", help="which benchmarks; all if none is named")
    options.add_argument("--quick", action="store_true", help="only whether they work; no document is written")
    told = options.parse_args()
    environment.ready()
    began = time.monotonic()
    # One that is not there yet is nobody's failure.
    modules = [module for module in named(told.names) if importlib.util.find_spec(f"bench.{module.name}")]
    broken = each(modules, is_quick=told.quick, is_whole=not told.names)
    print(f"\n{time.monotonic() - began:.0f} s." + (f" These broke: {', '.join(broken)}." if broken else ""))
    return int(bool(broken))


def each(modules: Sequence[Module], *, is_quick: bool, is_whole: bool) -> list[str]:
    """Run them, and write the documents of what was found, even if it is interrupted; the names of those that broke.

    What is kept grows with each of them: no later one can lose what an earlier one found.
    """
    before = results.read_run(KEPT) if KEPT.exists() and not is_whole else None
    found: list[Findings] = []
    broken: list[str] = []
    try:
        with tempfile.TemporaryDirectory() as name:
            for module in modules:
                findings = suites.run(module, Path(name), is_quick=is_quick)
                if findings is None:
                    broken.append(module.name)
                else:
                    found.append(findings)
                if not is_quick:
                    keep(before, found, broken)
    finally:
        if not is_quick and KEPT.exists():
            document()
    return broken


def keep(before: Run | None, found: Sequence[Findings], broken: Sequence[str]) -> None:
    """Write what is known so far, those that broke by their names."""
    now = results.new_run(merged(before, found), environment.versions())
    known = {*broken, *(one.module for one in now.findings)}
    left = before.broken if before else []
    now.broken = [*broken, *(name for name in left if name not in known)]
    results.write(now, KEPT)


def document() -> None:
    """Write the documents that are made of what is kept."""
    now = results.read_run(KEPT)
    report.write(now)
    capacity.write(now)


if __name__ == "__main__":
    sys.exit(main())
