"""The table of rows: each module `rows_*.py` beside this one adds its own by the decorator."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.faults.kit import Kit
from tests.faults.outcome import Outcome

Run = Callable[[Kit], Outcome]


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: its number in the table of faults, its name, and what makes it and counts."""

    number: str
    fault: str
    run: Run
    bound_seconds: float | None
    short: bool


ROWS: dict[str, Row] = {}


def row(number: str, fault: str, *, bound_seconds: float | None = None, short: bool = False) -> Callable[[Run], Run]:
    """Enter the function under that number. `short`: it takes few seconds, so `make check` runs it too."""

    def enter(run: Run) -> Run:
        if number in ROWS:
            raise ValueError(f"Row {number} is there twice: {ROWS[number].fault!r} and {fault!r}.")
        ROWS[number] = Row(number, fault, run, bound_seconds, short)
        return run

    return enter


def in_order() -> list[Row]:
    """All rows by their numbers: 2 before 6, 6 before 6b, 6b before 10, and names last."""
    return sorted(ROWS.values(), key=lambda each: _place(each.number))


def _place(number: str) -> tuple[int, str]:
    digits = number[: len(number) - len(number.lstrip("0123456789"))]
    return (int(digits) if digits else 1_000_000, number)


for _module in sorted(Path(__file__).parent.glob("rows_*.py")):
    import_module(f"{__package__}.{_module.stem}")
