"""Take each guard away in a copy of the project, and see that a test turns red: `python -m tests.faults.mutations`.

What no test misses is not known to be there. It ends with 1 if a guard can go without any test noticing.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.guards import GUARDS, Guard
from tests.ops.launching import PROJECT

# What tests need and git does not have.
LINKED = ("static/vendor", "node_modules")
RED = 1  # pytest's exit code when tests ran and some failed
TIME_LIMIT_SECONDS = 300
TIMED_OUT = -1
MAX_TOLD_CHARS = 3000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the tests that should miss a guard."""

    guard: Guard
    exit_code: int

    @property
    def is_red(self) -> bool:
        return self.exit_code == RED

    def __str__(self) -> str:
        return f"{self._word():<16}{self.guard.name}: {self.guard.test}"

    def _word(self) -> str:
        """A test that hangs has shown nothing: it may hang for another reason."""
        words = {RED: "red", 0: "GREEN", TIMED_OUT: "HANGS"}
        return words.get(self.exit_code, f"BROKEN (exit {self.exit_code})")


def run(guards: Sequence[Guard] = GUARDS) -> list[Verdict]:
    """One verdict for each guard.

    :raise AssertionError: if the tests are not green with all guards in place, so that red would say nothing.
    """
    with tempfile.TemporaryDirectory(prefix="backbeat-mutations-") as folder:
        copy = Path(folder) / "backbeat"
        copy_project(copy)
        code, said = run_tests(copy, dict.fromkeys(guard.test for guard in guards))
        if code:
            raise AssertionError(f"The tests of the guards are not green to begin with:\n{said[-MAX_TOLD_CHARS:]}")
        return [_without(guard, copy) for guard in guards]


def copy_project(to: Path) -> None:
    """The project as it stands, with what is not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (PROJECT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, to / name)
    for name in LINKED:
        if (PROJECT / name).exists():
            (to / name).symlink_to(PROJECT / name)


def _without(guard: Guard, copy: Path) -> Verdict:
    path = copy / guard.file
    whole = path.read_text()
    path.write_text(guard.taken_from(whole))
    try:
        code, _ = run_tests(copy, [guard.test])
        verdict = Verdict(guard, code)
    finally:
        path.write_text(whole)
    print(verdict, flush=True)
    return verdict


def run_tests(copy: Path, tests: Iterable[str]) -> tuple[int, str]:
    """Pytest's exit code, and what it said."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"no end within {TIME_LIMIT_SECONDS} s"
    return done.returncode, done.stdout


if __name__ == "__main__":
    wanted = [guard for guard in GUARDS if not sys.argv[1:] or any(word in guard.name for word in sys.argv[1:])]
    if not wanted:
        sys.exit(f"No guard is called like that; there are {', '.join(guard.name for guard in GUARDS)}.")
    verdicts = run(wanted)
    print(f"{sum(verdict.is_red for verdict in verdicts)} of {len(verdicts)} guards are missed by a test.")
    sys.exit(0 if all(verdict.is_red for verdict in verdicts) else 1)
