"""CSV with a header, as spreadsheets and Exportify write it."""

import csv
import io
from collections.abc import Iterator, Mapping

from services.importing.decoding import decode
from services.importing.incoming import Refused
from services.importing.lists.columns import entry_of, field_of
from services.importing.lists.entry import Entry, SongList, collect

DELIMITERS = ",;\t"
_SEPARATOR_HINT = "sep="  # a first line by which spreadsheets name the delimiter


def parse(content: bytes, name: str) -> SongList:
    """The rows of a table; columns are known by their headings, in any order.

    :raise Refused: if no heading names the title, or the quotes are broken.
    """
    table = decode(content, name=name).lstrip("\ufeff\r\n")
    if table.lower().startswith(_SEPARATOR_HINT):
        table = table.partition("\n")[2]
    delimiter, columns = _read_header(table, name)
    rows = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter)
    try:
        return SongList("", collect(_entries(rows, columns, name), name))
    except csv.Error as e:
        raise Refused("damaged", f"“{name}” is not a CSV table, or it is damaged: {e}.") from e


def _read_header(table: str, name: str) -> tuple[str, Mapping[str, int]]:
    """The delimiter that makes most sense of the first line, and {field: number of its column}."""
    first_line = io.StringIO(table, newline="").readline()
    readings = {
        delimiter: _columns(next(csv.reader([first_line], delimiter=delimiter), [])) for delimiter in DELIMITERS
    }
    delimiter = max(readings, key=lambda candidate: len(readings[candidate]))
    if "title" not in readings[delimiter]:
        raise Refused("no_header", f"“{name}” has no heading “title” in its first line, so its columns are not known.")
    return delimiter, readings[delimiter]


def _columns(headings: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for number, heading in enumerate(headings):
        field = field_of(heading)
        if field:
            columns.setdefault(field, number)
    return columns


def _entries(rows: Iterator[list[str]], columns: Mapping[str, int], source: str) -> Iterator[Entry]:
    next(rows)
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            yield entry_of(f"row {number}", {f: row[c].strip() for f, c in columns.items() if c < len(row)}, source)
