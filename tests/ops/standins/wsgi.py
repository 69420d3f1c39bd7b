"""The smallest application that our servers can serve."""

from collections.abc import Callable, Iterable
from typing import Any


class NoPolls:
    """Leaves every request to the application."""

    common_headers: dict[str, str] = {}  # noqa: RUF012 - as `Polls` has them

    def poll_of(self, _environ: dict[str, Any]) -> None:
        return None


class Here:
    extensions = {"backbeat_polls": NoPolls()}  # noqa: RUF012 - as Flask has them

    def __call__(self, _environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]


app = Here()
