#!/usr/bin/env python3
"""Bring all footage as far as it goes, from a shell: `python footage_autolog_00_run_all.py --mode polling`.

Polling starts a session on the workers of the Backbeat that is running here, and follows it; sequential does the same
steps one after another in this process, for a few records and to look for mistakes.
"""

import sys

from scripts.footage_autolog import main

if __name__ == "__main__":
    sys.exit(main())
