"""A horse that is forked before there is a ring for it, so that what comes to an idle worker waits for no fork.

It is a process of its worker's as any horse is, and runs one ring; only what a horse does before it can run anything is
over by then. On Linux its name (as `ps -o comm` shows it) is `standby` for as long as it waits.
"""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

STANDBY, HORSE = "standby", "horse"
MOST_BYTES = 4096  # so much a pipe takes whole (PIPE_BUF)

Order = dict[str, str]


class Standby:
    """A process that waits for one order and runs it: `get_ready` when it is forked, `run` once it has its order."""

    def __init__(self, get_ready: Callable[[], None], run: Callable[[Order], None]) -> None:
        """:raise OSError: if the system has no room for a process."""
        orders, self._orders = os.pipe()
        try:
            self.pid = os.fork()
        except OSError:
            os.close(orders)
            os.close(self._orders)
            raise
        if self.pid == 0:
            _wait_and_run(orders, self._orders, get_ready, run)
        os.close(orders)

    def send(self, order: Order) -> bool:
        """Have it run that; false if it is there no more."""
        try:
            os.write(self._orders, json.dumps(order).encode())
        except BrokenPipeError:
            _, status = os.waitpid(self.pid, 0)
            log.warning("standby_gone", exit_code=os.waitstatus_to_exitcode(status))
            return False
        finally:
            os.close(self._orders)
        return True

    def dismiss(self) -> None:
        """End it; it has done nothing."""
        os.close(self._orders)
        os.kill(self.pid, signal.SIGKILL)  # it may be waiting for a database, or stand still
        os.waitpid(self.pid, 0)


def _wait_and_run(orders: int, workers_end: int, get_ready: Callable[[], None], run: Callable[[Order], None]) -> None:
    """Never returns: what called it goes on in the process that forked this one."""
    try:
        _name(STANDBY)
        os.setpgrp()
        os.close(workers_end)
        get_ready()
        order = os.read(orders, MOST_BYTES)
        os.close(orders)
        if not order:
            os._exit(0)
        _name(HORSE)
        run(json.loads(order))
    except Exception:  # the worker sees how it ended, and says what becomes of the ring
        log.exception("standby_failed")
    finally:
        os._exit(1)


def _name(name: str) -> None:
    comm = Path("/proc/self/comm")
    if comm.exists():
        comm.write_text(name)
