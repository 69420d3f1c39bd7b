"""Rows as a CSV or JSON file in pieces: memory stays the same however many there are."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import clock

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
LINES_OF_A_PIECE = 100
# What spreadsheets take for a formula, and would run; some also take the wide forms of East Asian keyboards.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_UNSEEN = " \u00a0\ufeff"

Row = Mapping[str, Any]


def file_name(*words: str, form: str) -> str:
    """`jobs-failed-20261122-1430.csv`, by UTC; empty words are left out."""
    moment = (clock.iso(clock.now()) or "")[:16].replace("-", "").replace(":", "").replace("T", "-")
    return "-".join(filter(None, (*words, moment))) + f".{form}"


def pieces(rows: Iterable[Row], form: str, *, what: str, names: Sequence[str], wanted: Row) -> Iterator[str]:
    """The file's text. `what` is the rows' name in JSON, `names` are the columns of CSV, `wanted` is the filter."""
    lines = iter(as_csv(rows, names) if form == "csv" else as_json(rows, what, wanted))
    while piece := "".join(islice(lines, LINES_OF_A_PIECE)):
        yield piece


def as_csv(rows: Iterable[Row], names: Sequence[str]) -> Iterator[str]:
    """A line of names, then a line for each row; cells that a spreadsheet would run are led by an apostrophe."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, names)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
        yield _taken(line)
    yield _taken(line)


def as_json(rows: Iterable[Row], what: str, wanted: Row) -> Iterator[str]:
    """`{"exported_at": …, "filter": {…}, "<what>": […]}`, a row on each line."""
    head = {"exported_at": clock.iso(clock.now()), "filter": dict(wanted)}
    yield json.dumps(head)[:-1] + f', "{what}": ['
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(dict(row), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _cell(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    is_formula = isinstance(value, str) and value.lstrip(_UNSEEN).startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
