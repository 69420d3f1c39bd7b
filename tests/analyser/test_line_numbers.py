"""A finding points at its line, however lines are broken."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_it_counts_lines_of_the_original_text(newline: str) -> None:
    lyrics = newline.join(["", "A quiet morning", "", "He murdered her by the river", "", "", "and fuck the king"])
    assert [(finding.line, finding.category) for finding in analyse(lyrics).findings] == [
        (4, "violence"),
        (7, "profanity"),
    ]


def test_it_counts_mixed_line_breaks() -> None:
    assert analyse("one\r\ntwo\rthree\n\nfuck").findings[0].line == 5


def test_it_does_not_break_lines_at_other_separators() -> None:
    assert analyse("one\u2028two\x0cthree\nfuck").findings[0].line == 2


def test_it_gives_words_that_stand_in_the_line() -> None:
    lyrics = "\u00c9l\u00e9gie \u2014 He STABBED his brother\u2019s wife"
    for finding in analyse(lyrics).findings:
        assert finding.words in lyrics


def test_it_cuts_words_at_eighty_characters() -> None:
    long_phrase = f"she wrote a {'x' * 100} note goodbye"
    assert all(len(finding.words) <= 80 for finding in analyse(long_phrase).findings)
    assert analyse(long_phrase).findings
