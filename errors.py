"""One small tree of errors.

`code` is for machines, the message for people; both may be shown to whoever asked. What only an operator may see
(tracebacks, addresses) never goes into a message here.
"""

from collections.abc import Mapping
from typing import Any


class BackbeatError(Exception):
    """Base of every error that Backbeat raises on purpose."""

    code = "error"
    http_status = 500

    def __init__(self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if code is not None:
            self.code = code


class SettingsError(BackbeatError):
    """A setting has a value that it may not have; the start stops with this one line."""

    code = "bad_setting"


class InvalidInput(BackbeatError):
    """What was sent is not acceptable; `details` names each field and what it allows."""

    code = "invalid_input"
    http_status = 422


class NotFound(BackbeatError):
    """There is no such thing, or none that the asker may know of."""

    code = "not_found"
    http_status = 404


class Conflict(BackbeatError):
    """The thing is in a state that does not allow this."""

    code = "conflict"
    http_status = 409


class Forbidden(BackbeatError):
    """The asker may not do this from where they ask."""

    code = "forbidden"
    http_status = 403


class Unauthenticated(BackbeatError):
    """Whoever asks has not said who they are, or what they said does not hold (any more)."""

    code = "unauthenticated"
    http_status = 401


class TooManyRequests(BackbeatError):
    """The asker has asked for this too often; worth another try after `retry_after_seconds`."""

    code = "too_many_requests"
    http_status = 429

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(BackbeatError):
    """A part that is needed does not answer; worth another try after `retry_after_seconds`."""

    code = "unavailable"
    http_status = 503
    retry_after_seconds = 5


class TransientError(BackbeatError):
    """Work failed for a reason that may pass by itself; the engine tries again later."""

    code = "temporary_failure"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
