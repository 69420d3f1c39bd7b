"""The part of a worker that operators deal with: it says how it fares, and leaves after its job when told to."""

import os
import signal
import socket
import time
from contextlib import suppress
from typing import Any

import psutil
import structlog
from redis.exceptions import RedisError
from rq import Worker
from rq.command import parse_payload
from rq.exceptions import StopRequested
from rq.worker import WorkerStatus

import clock
from store.workers import STOP_AFTER_JOB, WorkerRegister
from version import APP_VERSION

log = structlog.get_logger(__name__)

REPORT_EVERY_SECONDS = 1.0
COMMANDS_RETRY_SECONDS = 2.0


class ReportingWorker(Worker):
    """Keeps its record in `WorkerRegister` up to date with every heartbeat, and listens for our command."""

    leaves = ""  # what is to become of it once it has left: STOP, RESTART, or empty if nobody told it to
    _is_leaving = False
    _ring = ""
    _idle_since = 0.0
    _reported_at = float("-inf")

    def report(self) -> None:
        """Say how it fares, at most once a second; being told to leave is noticed here if the command got lost."""
        if clock.monotonic() - self._reported_at < REPORT_EVERY_SECONDS:
            return
        self._reported_at = clock.monotonic()
        register = WorkerRegister(self.connection)
        facts = {**self._facts(), "clock_ahead_seconds": register.clock_ahead_seconds()}
        told = register.beat(self.name, clock.now(), facts)
        if told:
            self.leaves = told
            self.leave_after_job()

    def _facts(self) -> dict[str, str | int | float]:
        return {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "queues": ",".join(self.queue_names()),
            "version": APP_VERSION,
            "started_at": psutil.Process().create_time(),
            "memory_bytes": memory_bytes(os.getpid()) + memory_bytes(self.horse_pid),
            "ring": self._ring,
            "idle_since": "" if self._ring else self._idle_since or psutil.Process().create_time(),
        }

    def note_ring(self, ring: str) -> None:
        self._ring = ring
        WorkerRegister(self.connection).note_ring(self.name, ring)

    def forget_ring(self) -> None:
        """Told with the next report: until then it is known of the job that it is over."""
        self._ring, self._idle_since = "", clock.now()

    def take_leave(self) -> None:
        with suppress(RedisError):  # then it is missed for a while
            WorkerRegister(self.connection).take_leave(self.name)

    def leave_after_job(self, *_: Any) -> None:
        """Take up nothing more, and end: at once if idle, else when the job at hand is done.

        :raise StopRequested: if idle; RQ ends its loop on that.
        """
        if self._is_leaving:
            return
        self._is_leaving = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested
        self._stop_requested = True

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()
        signal.signal(signal.SIGUSR2, self.leave_after_job)

    def handle_payload(self, message: Any) -> None:
        """A command, heard by RQ's thread; ours goes to the main thread as a signal."""
        payload = parse_payload(message)
        if payload.get("command") == STOP_AFTER_JOB:
            self.leaves = str(payload.get("then", ""))
            os.kill(os.getpid(), signal.SIGUSR2)
        else:
            super().handle_payload(message)

    def _pubsub_exception_handler(self, exc: BaseException, *_: Any) -> None:
        """Listen again. RQ's own lets the thread die of a time-out, and then nobody could command this worker."""
        log.warning("command_not_heard", error=str(exc))
        time.sleep(COMMANDS_RETRY_SECONDS)


def memory_bytes(pid: int) -> int:
    """What a process holds of the machine's memory; 0 if there is none."""
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else 0
    except psutil.Error:
        return 0
