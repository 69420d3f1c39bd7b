"""The table tells of whatever was not as promised."""

from tests.machines.findings import Findings, Line, render


def line(bound_seconds: float | None = None, **found: object) -> Line:
    figures: dict[str, object] = {"songs": 10, "lost": 0, "doubled": 0, "longest_gap_seconds": 0.3} | found
    return Line("2", "a host unplugged", bound_seconds, Findings(**figures))  # type: ignore[arg-type] # named above


def test_it_is_content_with_what_was_kept() -> None:
    kept = line(30, recovery_seconds=12.0, note="as ever")
    assert kept.wrong == []
    assert render([kept]).splitlines()[1:] == [
        "2  a host unplugged  10     0     0        0.3            12.0 (30)            as ever",
        "1 stories: 0 not as promised.",
    ]


def test_it_names_what_was_lost_doubled_late_or_said() -> None:
    wrong = line(30, lost=1, doubled=2, recovery_seconds=31.0, breaches=("the bar fell",)).wrong
    assert wrong == ["1 lost", "2 doubled", "the bar fell", "recovered in 31.0 s, allowed are 30 s"]


def test_it_misses_a_recovery_that_was_not_measured() -> None:
    assert line(30).wrong == ["no recovery was measured"]


def test_it_misses_songs() -> None:
    assert line(songs=0).wrong == ["nothing was tried"]
