"""What is exported is data, for spreadsheets too."""

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

from tests.naughty.strings import MARK, NAUGHTY

PATHS = ("/admin/jobs/export", "/admin/audit/export")
RUNS = "=+-@＝＋－＠\t\r\n"
UNSEEN = " \u00a0\ufeff"


@pytest.mark.parametrize("path", PATHS)
def test_no_cell_begins_like_a_formula(naughty_client: FlaskClient, path: str) -> None:
    rows = list(csv.reader(io.StringIO(naughty_client.get(f"{path}.csv").text, newline="")))
    cells = [cell for row in rows for cell in row if MARK in cell]
    assert len(cells) > len(NAUGHTY)
    assert [cell for cell in cells if cell.lstrip(UNSEEN)[:1] in RUNS] == []
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("path", PATHS)
def test_json_holds_each_text_as_it_is(naughty_client: FlaskClient, path: str) -> None:
    told = json.loads(naughty_client.get(f"{path}.json").text)
    rows = told.get("jobs") or told["entries"]
    texts = {value for row in rows for value in row.values() if isinstance(value, str)}
    assert {text[:120] for text in NAUGHTY.values()} <= {text[:120] for text in texts}
