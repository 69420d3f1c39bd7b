"""Many who poll at once, in a process of their own so that measuring does not slow what is measured.

`python -m tests.faults.pollers URL NUMBER PATH…` polls until its input ends, and then prints what was answered.
"""

import http.client
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

POLL_EVERY_SECONDS = 1.0


class Poll(NamedTuple):
    """One answer; `at` is when it was asked for, on the monotonic clock that all processes of a host share."""

    at: float
    seconds: float
    status: int  # 0: none came
    degraded: bool


class Polls(list[Poll]):
    """What was answered."""

    def between(self, begun: float, ended: float) -> "Polls":
        return Polls(poll for poll in self if begun <= poll.at < ended)

    def refused(self) -> int:
        """How many were not served: with 5xx, or not at all."""
        return sum(poll.status == 0 or poll.status >= 500 for poll in self)

    def slowest(self, share: float = 1.0) -> float:
        """Seconds that this share of them took at most; 0.99: the 99th percentile."""
        seconds = sorted(poll.seconds for poll in self)
        return seconds[math.ceil(share * len(seconds)) - 1] if seconds else 0.0


@contextmanager
def polling(url: str, paths: Sequence[str], *, number: int = 50) -> Iterator[Polls]:
    """Poll while the block runs; the list is filled at its end."""
    command = [sys.executable, "-m", "tests.faults.pollers", url, str(number), *paths]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    polls = Polls()
    try:
        yield polls
    finally:
        answers, _ = process.communicate(timeout=60)
        polls.extend(Poll(*fields) for fields in json.loads(answers))


def _poll(url: str, path: str, first_after: float, stop: threading.Event, polls: list[Poll]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    wait = first_after
    while not stop.wait(wait):
        asked = time.monotonic()
        status, body = _asked(connection, path)
        seconds = time.monotonic() - asked
        polls.append(Poll(asked, seconds, status, b'"degraded":true' in body))
        wait = max(0.0, POLL_EVERY_SECONDS - seconds)


def _asked(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    for _ in range(2):  # the server may have closed an idle connection: browsers ask again at once, too
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            connection.close()
        except OSError:
            connection.close()
            break
    return 0, b""


def main(url: str, number: str, *paths: str) -> None:
    stop, polls = threading.Event(), list[Poll]()
    threads = [
        threading.Thread(target=_poll, args=(url, paths[n % len(paths)], n / int(number), stop, polls))
        for n in range(int(number))
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    json.dump(polls, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
