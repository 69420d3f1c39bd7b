"""A transcript as paragraphs, each word with its instant."""

from typing import Any

import pytest

from services.episodes.passages import ENOUGH_WORDS, MOST_WORDS, passages


def segment(start: float, end: float, text: str, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text, "words": [], **more}


def heard(start: float, *words: tuple[float, str]) -> dict[str, Any]:
    """A segment of which each word's own instant is known."""
    text = " ".join(word for _, word in words)
    timed = [{"start": at, "end": at + 0.2, "text": word, "confidence": 1.0} for at, word in words]
    return segment(start, words[-1][0] + 0.2, text, words=timed)


def test_it_joins_what_is_said_in_one_go() -> None:
    (passage,) = passages([segment(0, 2, "Good  morning."), segment(2.5, 4, "Sit down.")])
    assert (passage.text, passage.start, passage.end) == ("Good morning. Sit down.", 0, 4)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (segment(4.5, 6, "Later."), "a pause"),
        (segment(2.1, 3, "I do.", speaker="B"), "somebody else"),
    ],
)
def test_it_begins_anew_after(second: dict[str, Any], why: str) -> None:
    assert [each.text for each in passages([segment(0, 2, "Who?"), second])] == ["Who?", second["text"]], why


@pytest.mark.parametrize(("end", "words"), [(".", ENOUGH_WORDS), ("", MOST_WORDS)])
def test_it_begins_anew_once_there_are_enough_words(end: str, words: int) -> None:
    """Engines that hear no sentences get longer passages."""
    found = passages([segment(place, place + 1, f"one two three four five{end}") for place in range(36)])
    assert [len(each.starts) for each in found] == [words] * (180 // words)


def test_it_begins_anew_with_a_chapter_and_names_it() -> None:
    chapters = [{"start": 0.0, "end": 4.0, "title": "First"}, {"start": 4.0, "end": 9.0, "title": "Second"}]
    spoken = [segment(0.4, 2, "A."), segment(2, 4.1, "B."), segment(4.1, 6, "C.")]
    assert [(each.chapter, each.text) for each in passages(spoken, chapters)] == [("First", "A. B."), ("Second", "C.")]


def test_it_leaves_out_what_has_no_words() -> None:
    assert passages([segment(0, 1, " "), segment(1, 1.5, "")]) == []


def test_it_tells_when_each_word_begins_in_hundredths_from_its_start() -> None:
    (passage,) = passages([heard(10, (10.0, "Let"), (10.257, "us")), heard(10.9, (11.0, "go"))])
    assert passage.word_offsets == "0 26 100"


def test_it_has_an_instant_for_each_word_of_the_text_where_the_engine_heard_others() -> None:
    """Punctuation that stands alone, or numbers that were put together, make other words of the text."""
    of_fewer = heard(0, (0.0, "twenty"), (0.5, "one"), (1.0, "men"), (1.5, "came"))
    (passage,) = passages([{**of_fewer, "text": "21 men"}])
    assert passage.starts == [0.0, 1.0]


def test_it_spreads_words_evenly_where_only_their_segment_is_known() -> None:
    (passage,) = passages([segment(4, 8, "one two three four")])
    assert passage.starts == [4, 5, 6, 7]
