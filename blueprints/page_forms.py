"""How a posted form is answered: the browser is sent on, or the form comes back with what is wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import flash, redirect
from werkzeug.wrappers import Response

from errors import BackbeatError, Conflict, InvalidInput, TooManyRequests, Unauthenticated, Unavailable

T = TypeVar("T")

# Ids as they stand in an address: what the databases' integers and our job ids can be, so that anything else is a 404.
ID = "int(max=2147483647)"
JOB_ID = "string(length=26)"

FormAnswer = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@contextmanager
def flashing(done: str) -> Iterator[None]:
    """Tell on the next page that it is done, or why it was refused."""
    try:
        yield
    except (InvalidInput, Conflict, Unavailable) as e:
        flash(e.message, "warning")
    else:
        flash(done, "success")


def answer_form(
    act: Callable[[], T], *, then: Callable[[T], str | FormAnswer], again: Callable[[BackbeatError], str]
) -> FormAnswer:
    """Act and go on to the address that `then` makes of the result, or answer what it answers, which is for what is
    shown once; if it is refused, the page that `again` makes.
    """
    try:
        made = act()
    except (InvalidInput, Conflict, Unauthenticated) as e:
        return again(e), e.http_status
    except TooManyRequests as e:
        return again(e), e.http_status, {"Retry-After": str(e.retry_after_seconds)}
    answer = then(made)
    return go_to(answer) if isinstance(answer, str) else answer


def go_to(address: str) -> Response:
    """Post/Redirect/Get: reloading the page that follows posts nothing again."""
    return redirect(address, 303)
