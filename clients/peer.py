"""A server that others run, as a client of it sees it: which failures pass, how long to wait, how much to read."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
from pydantic import ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

import clock
from errors import TransientError

MAX_RETRY_AFTER_SECONDS = 3600.0


class PassingError(TransientError):
    """A failure that often passes within seconds, so that the client itself tries again."""


@dataclass(frozen=True, slots=True)
class Peer:
    """How much it is asked of one server, and what is said of it where it fails.

    `name` begins sentences ("LRCLIB"), `later` ends them ("the look-up is tried again later"), `setting` is the
    variable that names its address, `answers` what its answers are ("a lyrics record").
    """

    name: str
    later: str
    setting: str
    answers: str
    total_seconds: float  # for one question, its retries and pauses included
    max_tries: int
    first_pause_seconds: float
    max_pause_seconds: float  # a longer Retry-After is left to the job's own retry
    max_answer_bytes: int

    def retrying(self, total_seconds: float | None = None, sleep: Callable[[float], None] = time.sleep) -> Retrying:
        """Tries again what failed with PassingError, with growing pauses or those that the server asks for."""
        return Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(self.max_tries) | stop_before_delay(total_seconds or self.total_seconds),
            wait=self._pause_seconds,
            sleep=sleep,
            reraise=True,
        )

    def _pause_seconds(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_seconds = error.retry_after_seconds if isinstance(error, TransientError) else None
        first = self.first_pause_seconds
        return max(
            asked_seconds or 0.0,
            wait_exponential_jitter(multiplier=first, max=self.max_pause_seconds, jitter=first)(state),
        )

    @contextmanager
    def request_errors(self) -> Iterator[None]:
        """Raise what fails between us and the server as PassingError or TransientError, which name no address."""
        try:
            yield
        except (httpx.ConnectTimeout, httpx.NetworkError, httpx.RemoteProtocolError) as e:
            raise PassingError(f"{self.name} cannot be reached; {self.later}.") from e
        except httpx.TimeoutException as e:
            raise TransientError(f"{self.name} did not answer in time; {self.later}.") from e
        except httpx.RequestError as e:
            raise TransientError(f"{self.name}'s answer cannot be decoded; {self.later}.") from e

    def body(self, response: httpx.Response) -> bytes:
        """The content of an answer. :raise TransientError: if it is longer than any honest one."""
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self.max_answer_bytes:
                raise TransientError(
                    f"{self.name}'s answer is longer than {self.max_answer_bytes // 1024**2} MiB, "
                    f"the most that is read; check {self.setting}."
                )
        return bytes(content)

    def overloaded(self, response: httpx.Response) -> TransientError:
        """The error for an answer that says "not now"."""
        after_seconds = retry_after_seconds(response.headers.get("Retry-After"), clock.now())
        message = f"{self.name} is overloaded or out of order (status {response.status_code}); {self.later}."
        if after_seconds is not None and after_seconds > self.max_pause_seconds:
            return TransientError(message, retry_after_seconds=after_seconds)
        return PassingError(message, retry_after_seconds=after_seconds)

    def not_as_documented(self, error: ValidationError) -> TransientError:
        """The error for an answer that is not of the shape it should have."""
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        return TransientError(
            f"{self.name}'s answer is not {self.answers} as documented ({where}: {first['msg']}); check {self.setting}."
        )


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """What a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3); None if it says nothing clear."""
    if header is None:
        return None
    if re.fullmatch(r"\d{1,9}", header.strip(), re.ASCII):
        return min(float(header), MAX_RETRY_AFTER_SECONDS)
    try:
        instant = parsedate_to_datetime(header).timestamp()
    except ValueError:
        return None
    return min(max(instant - now, 0.0), MAX_RETRY_AFTER_SECONDS)
