"""Captions that people can read in time and programs can parse, and text in paragraphs."""

from itertools import pairwise

import pysubs2
import pytest

from services.transcribing import formats
from services.transcribing.results import Segment, Word


def segment(text: str, start: float = 0.0, seconds_a_word: float = 0.4, speaker: str | None = None) -> Segment:
    words = tuple(
        Word(start + i * seconds_a_word, start + (i + 1) * seconds_a_word, word.strip(".,?!"), 0.9)
        for i, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, words, speaker)


LONG = segment(" ".join(f"word{i}" for i in range(60)) + ".", start=3.0)


@pytest.mark.parametrize("write", [formats.as_srt, formats.as_vtt])
def test_it_writes_captions_that_can_be_read_in_time(write: object) -> None:
    assert callable(write)
    document = pysubs2.SSAFile.from_string(write([LONG]))
    assert " ".join(event.plaintext.replace("\n", " ") for event in document) == LONG.text
    for event in document:
        lines = event.plaintext.split("\n")
        assert len(lines) <= 2
        assert all(len(line) <= 42 for line in lines)
        assert event.duration <= 7000
    assert document[0].start == 3000
    assert all(one.end <= other.start for one, other in pairwise(document))


def test_it_writes_srt_as_players_expect() -> None:
    assert formats.as_srt([segment("Hello there.", start=1.5)]) == (
        "1\n00:00:01,500 --> 00:00:02,300\nHello there.\n\n"
    )


def test_it_writes_vtt_as_browsers_expect() -> None:
    written = formats.as_vtt([segment("Hello there.", start=3601.5)])
    assert written.startswith("WEBVTT\n")
    assert "01:00:01.500 --> 01:00:02.300\nHello there." in written


def test_it_shows_a_short_word_long_enough() -> None:
    (event,) = pysubs2.SSAFile.from_string(formats.as_srt([Segment(1.0, 1.1, "No", (Word(1.0, 1.1, "No", 0.9),))]))
    assert event.duration == 700


def test_it_keeps_markup_out_of_captions() -> None:
    hostile = segment(r"<b>bold</b> {\an8}up --> & <script>")
    vtt = formats.as_vtt([hostile])
    assert "<" not in vtt.replace("-->", "")
    assert vtt.count("-->") == 1
    assert "&amp;" in vtt
    assert formats.as_srt([hostile]).count("-->") == 1
    assert "(/an8)up" in vtt


def test_it_begins_a_paragraph_after_a_pause_and_for_each_speaker() -> None:
    said = [
        segment("One.", 0.0, speaker="Ann"),
        segment("Two.", 0.5, speaker="Ann"),
        segment("Three.", 1.0, speaker="Ben"),
        segment("Four.", 9.0, speaker="Ben"),
    ]
    assert formats.as_text(said) == "Ann: One. Two.\n\nBen: Three.\n\nBen: Four.\n"


@pytest.mark.parametrize("write", [formats.as_srt, formats.as_text])
def test_it_writes_nothing_of_nothing(write: object) -> None:
    assert callable(write)
    assert write([]).strip() == ""


def test_it_gives_words_the_punctuation_of_the_text() -> None:
    assert [word.text for word in formats.timed_words(segment("Well, yes."))] == ["Well,", "yes."]
