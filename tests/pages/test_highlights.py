from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from services.library.highlights import Segment, highlight


@dataclass(frozen=True)
class Found:
    line: int
    words: str
    severity: int = 1


def test_it_cuts_the_words_out_of_their_line() -> None:
    first, second = highlight("Hello darling\nHe shot him dead", [Found(2, "shot him", 3)])
    assert first.segments == (Segment("Hello darling"),)
    assert second.segments == (Segment("He "), Segment("shot him", (0,)), Segment(" dead"))
    assert (second.number, second.findings, second.severity) == (2, (0,), 3)


def test_it_finds_words_whatever_their_case() -> None:
    (line,) = highlight("DAMN it", [Found(1, "damn")])
    assert line.segments[0] == Segment("DAMN", (0,))


def test_it_prefers_whole_words() -> None:
    (line,) = highlight("hello hell", [Found(1, "hell")])
    assert line.segments == (Segment("hello "), Segment("hell", (0,)))


def test_it_takes_the_same_words_twice_one_place_after_the_other() -> None:
    (line,) = highlight("kill, kill", [Found(1, "kill"), Found(1, "kill")])
    assert line.segments == (Segment("kill", (0,)), Segment(", "), Segment("kill", (1,)))


def test_it_shares_words_that_overlap() -> None:
    (line,) = highlight("drunk driver", [Found(1, "drunk driver"), Found(1, "drunk")])
    assert line.segments == (Segment("drunk", (0, 1)), Segment(" driver", (0,)))


def test_it_flags_a_line_whose_words_are_spelled_otherwise() -> None:
    (line,) = highlight("sh1t happens", [Found(1, "shit", 2)])
    assert line.segments == (Segment("sh1t happens"),)
    assert (line.findings, line.severity) == ((0,), 2)


def test_it_ignores_a_finding_outside_the_text() -> None:
    assert [line.findings for line in highlight("one\ntwo", [Found(7, "one")])] == [(), ()]


def test_it_knows_blank_lines() -> None:
    assert [line.is_blank for line in highlight("one\n\n  \ntwo", [])] == [False, True, True, False]


@given(st.text(), st.lists(st.builds(Found, st.integers(1, 5), st.text(max_size=8)), max_size=6))
def test_it_never_loses_a_letter(text: str, found: list[Found]) -> None:
    lines = highlight(text, found)
    assert "\n".join("".join(segment.text for segment in line.segments) for line in lines) == text
