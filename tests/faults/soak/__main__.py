"""`python -m tests.faults.soak`: much work under seeded random faults, then peace; exit 1 if a promise was broken."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.faults.kit import Kit
from tests.faults.soak.run import PEACE_SECONDS, soak


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="default: another each time")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=180.0, help="how long there are faults")
    options = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="backbeat-soak-"))
    kit = Kit(folder, seed=options.seed)
    outcome = kit.run(lambda kit: soak(kit, options.jobs, options.seconds, partial(print, flush=True)))
    wrong = outcome.faults(PEACE_SECONDS)
    if wrong:
        print("\n".join(f"✗ {words}" for words in wrong), f"Database and logs are kept in {folder}.", sep="\n")
        return 1
    print(f"{outcome.tried} jobs: nothing lost, nothing doubled.")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
