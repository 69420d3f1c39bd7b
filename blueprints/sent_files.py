"""Several files that one form has sent: those that can be taken are, and of the others it is said why not."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import request
from werkzeug.datastructures import FileStorage

from errors import BackbeatError, InvalidInput
from services.library.text import drop_unprintable

T = TypeVar("T")
REFUSALS_SHOWN, NAME_SHOWN_CHARS = 5, 60


def sent_files(field: str = "files") -> list[FileStorage]:
    """Those that were chosen; a form whose field is empty sends one without a name."""
    return [file for file in request.files.getlist(field) if file.filename]


def take_each(files: Sequence[FileStorage], take: Callable[[FileStorage], T]) -> tuple[list[T], list[str]]:
    """What was made of the files that were taken in, and of each other one a sentence that says why it was not.

    :raise InvalidInput: if nothing was sent, or none of it can be taken.
    """
    taken, refused = [], []
    for place, file in enumerate(files, 1):
        try:
            taken.append(take(file))
        except BackbeatError as e:
            refused.append(f"{_name_of(file, place)} was not taken in: {e.message}")
    if not taken:
        nothing_sent = "No file was sent. Choose one first."
        raise InvalidInput(refusals(refused) or nothing_sent, details={"files": "at least one file"})
    return taken, refused


def refusals(refused: Sequence[str]) -> str:
    """As many as a cookie can hold."""
    more = len(refused) - REFUSALS_SHOWN
    return " ".join([*refused[:REFUSALS_SHOWN], *([f"{more} more were not taken in either."] if more > 0 else [])])


def _name_of(file: FileStorage, place: int) -> str:
    name = drop_unprintable(file.filename or "")
    return f"“{name[:NAME_SHOWN_CHARS]}”" if name else f"File {place}"
