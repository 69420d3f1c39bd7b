#!/usr/bin/env python3
"""List the videos that nobody has picked up: `python scripts/find_stuck_videos.py [--age-minutes N] [--json]`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.stuck_videos import find, run  # noqa: E402  run as a file, Python looks in scripts/ and not in the checkout

if __name__ == "__main__":
    sys.exit(run(find))
