"""Each benchmark in a process of its own, within a time: what breaks one costs its own figures, no other's."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from bench import results
from bench.modules import Module
from bench.results import Findings
from bench.servers import ROOT

LONGEST_SECONDS, CLEANING_UP_SECONDS = 900.0, 40.0  # none should take a third of that on a quiet machine


def run(module: Module, where: Path, *, is_quick: bool) -> Findings | None:
    """What it found, printed as it comes; None if it broke, which has been said then."""
    there = where / f"{module.name}.json"
    options = ["--quick"] if is_quick else module.options
    print(f"\n=== {module.title} (python -m bench.{module.name})", flush=True)
    call([sys.executable, "-m", f"bench.{module.name}", *options, "--json", str(there)])
    return read(there)


def call(command: Sequence[str], longest_seconds: float = LONGEST_SECONDS) -> int:
    """Its exit code. It is ended after so long, or on Ctrl-C, and nothing that it started is left."""
    running = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        return running.wait(longest_seconds)
    except subprocess.TimeoutExpired:
        print(f"{' '.join(command[1:3])} took longer than {longest_seconds:.0f} s; it is ended.", file=sys.stderr)
        return _interrupted(running)
    except KeyboardInterrupt:
        _interrupted(running)
        raise
    finally:
        _signal(running, signal.SIGKILL)
        running.wait()


def _interrupted(running: subprocess.Popen[bytes]) -> int:
    """Its exit code, once it has been given time to end its servers."""
    _signal(running, signal.SIGINT)
    try:
        return running.wait(CLEANING_UP_SECONDS)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL


def _signal(running: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(running.pid, number)
    except ProcessLookupError:  # nothing is left of its group
        return


def read(there: Path) -> Findings | None:
    """What was written there; None if nothing was, or what cannot be read."""
    if not there.exists():
        print(f"There is no {there.name}: the benchmark broke before its end.", file=sys.stderr)
        return None
    try:
        return results.read_findings(there)
    except ValidationError as e:
        print(f"{there.name} cannot be read: {e}", file=sys.stderr)
        return None
