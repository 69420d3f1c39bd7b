"""`python -m tests.faults`: make the faults one after another, print what became of the promises.

It ends with 1 if anything of ours was lost, doubled, late, or otherwise not as promised.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path

from tests.faults.catalogue import ROWS, Row, Run, in_order
from tests.faults.kit import Kit, started_stack
from tests.faults.outcome import Outcome
from tests.faults.shared import SharedStack
from tests.faults.table import Line, as_json, is_good, render


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _arguments(argv)
    peers = {} if arguments.no_peer or arguments.short else _peer_rows()
    print(f"Seed {arguments.seed}; the same faults again: python -m tests.faults --seed {arguments.seed}", flush=True)
    with _stacks(arguments) as shared:
        maker = Maker(arguments.tries, arguments.seed, arguments.short, shared)
        lines = [maker.line(row, peers.get(row.number)) for row in _wanted(arguments)]
    if lines:
        print(render(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(lines), indent=1))
    return 0 if is_good(lines) else 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rows", help="only these, as 1,2,6b")
    parser.add_argument("--tries", type=int, default=1, help="how often each fault is made; default=1")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="default: another each time")
    parser.add_argument("--no-peer", action="store_true", help="do not make the faults to plain RQ too")
    parser.add_argument("--short", action="store_true", help="only what `make check` runs, with short leases")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args(argv)


def _wanted(arguments: argparse.Namespace) -> list[Row]:
    rows = [row for row in in_order() if row.short or not arguments.short]
    if arguments.rows is None:
        return rows
    numbers = arguments.rows.split(",")
    if unknown := sorted(set(numbers) - ROWS.keys()):
        sys.exit(f"There is no row {unknown[0]!r}; there are {', '.join(row.number for row in in_order())}.")
    return [row for row in rows if row.number in numbers]


@contextmanager
def _stacks(arguments: argparse.Namespace) -> Iterator[SharedStack | None]:
    """One stack for all rows that can share, in the short form."""
    with tempfile.TemporaryDirectory(prefix="backbeat-fault-", ignore_cleanup_errors=True) as folder:
        numbers = count()
        shared = SharedStack(lambda: started_stack(Path(folder) / f"data{next(numbers)}"))
        try:
            yield shared if arguments.short else None
        finally:
            shared.close()


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes faults, one after another."""

    tries: int
    seed: int
    short: bool
    shared_stack: SharedStack | None

    def line(self, row: Row, peer: Run | None) -> Line:
        started = time.monotonic()
        print(f"{row.number:>4} {row.fault} …", end="", flush=True)
        outcome = self._made(row.run, row.number)
        theirs = None if peer is None else self._made(peer, f"{row.number} (peer)")
        line = Line(row.number, row.fault, outcome, row.bound_seconds, theirs)
        print(f" {'; '.join(line.faults) or 'kept'} ({time.monotonic() - started:.0f} s)", flush=True)
        return line

    def _made(self, run: Run, name: str) -> Outcome:
        """The outcome of a row; one that breaks down is a breach, and the others still get their turn."""
        with tempfile.TemporaryDirectory(prefix="backbeat-fault-", ignore_cleanup_errors=True) as folder:
            kit = Kit(Path(folder), tries=self.tries, seed=self.seed, short=self.short, shared_stack=self.shared_stack)
            try:
                return kit.run(run)
            except Exception as e:  # whatever it is, the table must tell of it
                traceback.print_exc()
                told = (str(e).splitlines() or [""])[0]
                return Outcome(tried=1, breaches=(f"{name} broke down: {type(e).__name__}: {told}",))


def _peer_rows() -> dict[str, Run]:
    rows: dict[str, Run] = import_module("tests.faults.peer.rows").PEER_ROWS
    return rows


if __name__ == "__main__":
    sys.exit(main())
