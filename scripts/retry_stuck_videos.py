#!/usr/bin/env python3
"""Start stuck videos again: `python scripts/retry_stuck_videos.py [--dry-run] [--video-id ID] [--age-minutes N]`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.stuck_videos import retry, run  # noqa: E402  run as a file, Python looks in scripts/ and not in the checkout

if __name__ == "__main__":
    sys.exit(run(retry))
