"""Whether this process was asked to stop. The worker's signal handler sets it, checkpoints read it."""

import threading

_stop = threading.Event()


def request_stop() -> None:
    _stop.set()


def stop_requested() -> bool:
    return _stop.is_set()
