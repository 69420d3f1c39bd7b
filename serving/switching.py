"""Who has the interpreter when several threads want it."""

import sys

# Python's own is 5 ms, for each of the threads that compute; a poll that comes meanwhile waits for its turn more than
# once. A fifth of it brings most of that back and costs nothing that can be measured (docs/benchmarks.md, “Polls beside
# slow things”).
SWITCH_SECONDS = 0.001


def hand_over_often() -> None:
    """Have threads of this process give way to the one that answers polls soon."""
    sys.setswitchinterval(SWITCH_SECONDS)
