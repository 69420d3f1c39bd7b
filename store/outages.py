"""When those who answer polls last had to do without Redis: known to all web processes of a host.

What is kept is one float of the monotonic clock, which they all read, in memory that is shared with what is forked.
"""

import mmap
import struct

import clock

_SECONDS = struct.Struct("d")  # no processor that we run on writes half of it

_kept: bytearray | mmap.mmap = bytearray(_SECONDS.pack(float("-inf")))


def share_from_now_on() -> None:
    """Have all that this process forks know the same; gunicorn's master calls it (see `gunicorn.conf.py`)."""
    global _kept
    shared = mmap.mmap(-1, _SECONDS.size)
    shared.write(_kept[: _SECONDS.size])
    _kept = shared


def note() -> None:
    """Redis has not answered somebody right now."""
    _SECONDS.pack_into(_kept, 0, clock.monotonic())


def seconds_since_last() -> float:
    """How long ago that was; infinite if never."""
    last: float = _SECONDS.unpack_from(_kept, 0)[0]
    return clock.monotonic() - last
