"""What goes wrong with the work of a step."""

from collections.abc import Iterator
from contextlib import contextmanager

from errors import BackbeatError, InvalidInput
from services.media.ffmpeg import MediaError
from services.media.info import UnusableMedia
from services.media.sources import NotFetched


class StepProblem(BackbeatError):
    """The work of a step cannot be done; `is_final` where trying again cannot help, and the record is set aside."""

    code = "step_problem"

    def __init__(self, message: str, *, code: str | None = None, is_final: bool = False) -> None:
        super().__init__(message, code=code)
        self.is_final = is_final


@contextmanager
def told_apart() -> Iterator[None]:
    """What is the matter with a recording, or with the address of one, no later try will change.

    `InvalidInput` is raised of an address that leads to a network that is not public.
    """
    try:
        yield
    except (UnusableMedia, NotFetched, MediaError, InvalidInput) as e:
        raise StepProblem(e.message, code=e.code, is_final=True) from e
