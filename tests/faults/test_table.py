"""The table is good only if nothing was lost, doubled, late, or otherwise not as promised."""

import pytest

from tests.faults.outcome import Outcome
from tests.faults.table import Line, as_json, is_good, render


def _line(outcome: Outcome, bound_seconds: float | None = None, peer: Outcome | None = None) -> Line:
    return Line("6b", "a fault", outcome, bound_seconds, peer)


def test_it_is_good_if_all_was_kept_in_time() -> None:
    line = _line(Outcome(100, recovery_seconds=4.9), bound_seconds=5)
    assert is_good([line])
    assert line.faults == []


@pytest.mark.parametrize(
    ("outcome", "bound_seconds", "told"),
    [
        (Outcome(100, lost=1), None, "1 lost"),
        (Outcome(100, doubled=2), None, "2 doubled"),
        (Outcome(100, breaches=("a poll was answered 500",)), None, "a poll was answered 500"),
        (Outcome(100, recovery_seconds=5.1), 5, "recovered in 5.1 s, allowed are 5 s"),
        (Outcome(100), 5, "no recovery was measured"),
        (Outcome(0), None, "nothing was tried"),
    ],
)
def test_it_is_not_good_otherwise(outcome: Outcome, bound_seconds: float | None, told: str) -> None:
    kept, broken = _line(Outcome(1)), _line(outcome, bound_seconds)
    assert not is_good([kept, broken])
    assert broken.faults == [told]
    assert f"6b a fault: {told}" in render([kept, broken])


def test_one_bad_row_among_good_ones_is_counted() -> None:
    table = render([_line(Outcome(7)), _line(Outcome(3, lost=2)), _line(Outcome(1))])
    assert table.splitlines()[-1] == "3 faults, 11 tries: 2 lost, 0 doubled, 1 rows not as promised."


def test_it_shows_what_was_measured_beside_what_is_allowed() -> None:
    row = render([_line(Outcome(50, recovery_seconds=41.26, note="lease 45 s"), bound_seconds=75)]).splitlines()[1]
    assert row.split() == ["6b", "a", "fault", "50", "0", "0", "41.3", "(75)", "lease", "45", "s"]


def test_what_the_peer_loses_is_shown_and_not_held_against_us() -> None:
    line = _line(Outcome(50), peer=Outcome(50, lost=3, doubled=4, recovery_seconds=120.0))
    assert is_good([line])
    assert "3/4/120.0" in render([line])


def test_the_figures_are_written_down_with_what_is_wrong() -> None:
    (figures,) = as_json([_line(Outcome(2, lost=1))])
    assert (figures["number"], figures["outcome"]["tried"], figures["faults"]) == ("6b", 2, ["1 lost"])
