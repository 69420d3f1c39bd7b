"""Words become captions that can be read at a glance, at the times at which they are said."""

import pytest

from services.rendering.captions import Caption, captions, separator, timed_words
from services.transcribing.results import Segment, Word


def _said(text: str, start: float, seconds_each: float = 0.3) -> Segment:
    words = [
        Word(start + position * seconds_each, start + (position + 1) * seconds_each, one, 0.9)
        for position, one in enumerate(text.split())
    ]
    return Segment(start, words[-1].end, text, tuple(words))


def _texts(found: list[Caption]) -> list[str]:
    return [" ".join(word.text for word in caption.words) for caption in found]


def test_it_breaks_at_sentences_pauses_and_length() -> None:
    segments = [_said("So it works. Now we look at the other thing", 10), _said("after a pause", 16)]
    found = captions(segments, start=10, end=20, longest=18)
    assert _texts(found) == ["So it works.", "Now we look at the", "other thing", "after a pause"]


def test_it_counts_from_the_start_of_the_clip() -> None:
    found = captions([_said("one two three four", 10)], start=10.4, end=10.8, longest=40)
    assert _texts(found) == ["two three"]
    assert [(round(word.start, 3), round(word.end, 3)) for word in found[0].words] == [(0.0, 0.2), (0.2, 0.4)]
    assert found[0].end == pytest.approx(0.4)


def test_it_lingers_but_never_over_the_next() -> None:
    found = captions([_said("Ends here.", 0), _said("Next.", 0.7), _said("Later.", 5)], start=0, end=10, longest=40)
    assert [(caption.start, round(caption.end, 2)) for caption in found] == [(0, 0.7), (0.7, 1.4), (5, 5.7)]


def test_it_is_empty_where_nothing_is_said() -> None:
    assert captions([_said("elsewhere", 50)], start=0, end=10, longest=40) == []


def test_it_shares_out_the_time_of_a_segment_without_words() -> None:
    words = list(timed_words([Segment(2.0, 4.0, "abc d efgh", ())]))
    assert [(word.text, word.start, word.end) for word in words] == [
        ("abc", 2.0, 2.75),
        ("d", 2.75, 3.0),
        ("efgh", 3.0, 4.0),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("a", "b", " "), ("你好", "世界", ""), ("สวัสดี", "ชาวโลก", ""), ("안녕", "하세요", " "), ("用", "Python", " ")],
)
def test_it_spaces_words_as_their_script_does(before: str, after: str, expected: str) -> None:
    assert separator(before, after) == expected
