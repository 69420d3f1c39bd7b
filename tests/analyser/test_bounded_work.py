"""Any text is finished, with work in proportion to its length."""

import sys
from types import FrameType
from typing import Any

import pytest

from services.analyser import analyse, load

PATHOLOGICAL = {
    "one long word": "a",
    "spelled letters": "f u c k ",
    "masks": "f*",
    "dashes": "-f",
    "zalgo": "f" + "\u0301" * 20,
    "phrases and exceptions": "kill the lights ",
    "half a phrase": "half ",
    "blank lines": "\n",
    "right to left": "שלום עולם ",
    "emoji": "\U0001f52b",
    "broken surrogates": "\ud83d ",
}


def calls(lyrics: str) -> int:
    """Count the Python calls that an analysis makes."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(on_event)
    try:
        analyse(lyrics)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_it_does_work_in_proportion_to_length(name: str) -> None:
    load()
    unit = PATHOLOGICAL[name]
    small, large = calls(unit * 400), calls(unit * 3200)
    assert large <= 10 * small


def test_it_reports_no_more_findings_than_a_person_can_read() -> None:
    assert len(analyse("fuck this\n" * 2000).findings) == 500


def test_it_finishes_a_megabyte_on_one_line() -> None:
    assert analyse("x" * 1_000_000).rating in ("everyone", "unknown")
