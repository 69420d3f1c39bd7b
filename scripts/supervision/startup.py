"""From a started supervisor to a Backbeat that answers."""

import http.client
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config import Settings
from errors import BackbeatError
from scripts.supervision.redis_checks import answers
from scripts.supervision.stop_requests import StopRequests
from scripts.supervision.supervisord import POLL_SECONDS, Supervisord, start_attached
from scripts.supervision.terminal import say

REDIS_START_SECONDS = 20.0
REDIS_STARTS = 3
WEB_TIMEOUT_SECONDS = 2.0
PATIENCE_SECONDS = 60.0


class StartError(BackbeatError):
    """A part did not start."""


class PreparationError(BackbeatError):
    """The preparation ended badly and has said why itself."""


class Startup:
    """The steps of a start. Each raises `StopRequested` as soon as somebody asks for the end."""

    def __init__(self, settings: Settings, supervisord: Supervisord, requests: StopRequests) -> None:
        self._settings = settings
        self._supervisord = supervisord
        self._requests = requests

    def pause(self) -> None:
        """Wait a moment. :raise StartError: if the supervisor is gone."""
        time.sleep(POLL_SECONDS)
        self._requests.raise_if_any()
        if not self._supervisord.running:
            raise StartError("The supervisor ended unexpectedly, and everything with it; start Backbeat again.")

    def await_redis(self, log: Path) -> None:
        """:raise StartError: if the embedded server does not answer in time."""
        deadline = time.monotonic() + REDIS_START_SECONDS
        while not answers(self._settings.embedded_redis_socket):
            reason = last_words(log)
            if reason is None and time.monotonic() > deadline:
                reason = f"no answer in {REDIS_START_SECONDS:.0f} s"
            if reason:
                raise StartError(_redis_failure(reason, log))
            self.pause()

    @contextmanager
    def preparing(self, command: Sequence[str]) -> Iterator[Callable[[], None]]:
        """Migrate, load samples, beside what is done meanwhile: its process takes as long to load as Redis to start.

        Gives what waits for its end, and raises `PreparationError` if that was a bad one.
        """
        with self._begun(command) as wait:

            def prepared() -> None:
                if wait() != 0:
                    raise PreparationError("The preparation failed.")

            yield prepared

    def welcome(self, command: Sequence[str]) -> None:
        """Let it say what is left to do; nothing depends on it."""
        if command:
            with self._begun(command) as wait:
                wait()

    @contextmanager
    def _begun(self, command: Sequence[str]) -> Iterator[Callable[[], int]]:
        """A process that has been started; gives what waits for its end and tells its exit code."""
        process = start_attached(command)

        def wait() -> int:
            while process.poll() is None:
                self.pause()
            return process.returncode

        try:
            yield wait
        finally:
            _end(process)

    def await_web(self) -> None:
        """Wait until the web server is healthy, however long it takes; say so once when it takes long."""
        remind = _after(
            PATIENCE_SECONDS, "Still waiting for the web server; if something is wrong, the lines above say."
        )
        while not self._healthy():
            remind()
            self.pause()

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection(self._settings.host, self._settings.port, timeout=WEB_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def last_words(log: Path) -> str | None:
    """What a server that keeps dying wrote last, once it has been started for the third time."""
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [line for line in text.splitlines() if line]
    starts = [number for number, line in enumerate(lines) if " is starting " in line]
    if len(starts) < REDIS_STARTS:
        return None
    return re.sub(r"^\d+:\w .*? [#*] ", "", lines[starts[-1] - 1])


def _redis_failure(reason: str, log: Path) -> str:
    data = log.parent.parent / "redis"
    return (
        f"Redis did not start ({reason}); {log} says more. If it cannot read its files, move {data} away: "
        "no job is lost with it, they are in the database."
    )


def _after(seconds: float, text: str) -> Callable[[], None]:
    """A function that says `text` once, at its first call after `seconds`."""
    at = time.monotonic() + seconds
    said = False

    def remind() -> None:
        nonlocal said
        if not said and time.monotonic() > at:
            said = True
            say(text)

    return remind
