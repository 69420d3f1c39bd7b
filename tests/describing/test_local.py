"""A description without a language model says what was said, read and measured, and nothing else."""

import pytest

from services.describing import Facts, Moment
from services.describing.facts import MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS
from services.describing.local import LocalDescriber
from services.transcribing.results import Segment

describe = LocalDescriber().describe
SPEECH = tuple(
    Segment(float(at), at + 4.0, text, ())
    for at, text in enumerate(
        (
            "Good morning.",
            "The harbour master opens the lock for the fishing boats.",
            "Fishing boats wait at the lock until the harbour master waves.",
            "My sandwich was cold.",
            "Then the fishing boats leave the harbour through the lock.",
            "It rained on and off all through that long and windy week in the north.",
        )
    )
)


def blue(at: float, *read: str) -> Moment:
    return Moment(at, read=read, colours=(("blue", 0.7), ("grey", 0.3)))


def test_it_keeps_the_title_that_people_gave() -> None:
    assert describe(Facts(title="Fishing boats", speech=SPEECH)).title == "Fishing boats"


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        (Facts(description="A lock. It is old.", speech=SPEECH), "A lock"),
        (
            Facts(moments=(Moment(1.0, told="A red boat leaves a harbour."),), speech=SPEECH),
            "A red boat leaves a harbour",
        ),
        (Facts(moments=(blue(1.0, "LOCK 7"), blue(2.0, "LOCK 7", "STOP", "77")), speech=SPEECH), "LOCK 7 / STOP"),
        (Facts(moments=(blue(1.0, "|1|"),), speech=SPEECH[3:4]), "My sandwich was cold"),
        (Facts(speech=(Segment(0.0, 2.0, "the bells ring at noon", ()),)), "The bells ring at noon"),
        (Facts(duration_seconds=12.4, moments=(blue(1.0), blue(2.0))), "Footage of 12 seconds, mostly blue"),
        (Facts(), "Footage"),
    ],
)
def test_it_makes_a_title_of_the_best_that_there_is(facts: Facts, title: str) -> None:
    assert describe(facts).title == title


def test_it_tells_the_most_central_of_what_is_said() -> None:
    said = describe(Facts(speech=SPEECH)).description
    assert "through the lock" in said
    assert "sandwich" not in said


def test_it_tells_little_speech_as_a_whole() -> None:
    assert describe(Facts(speech=SPEECH[:1])).description == "It says: “Good morning.”"


def test_it_says_what_is_read_and_which_colours_there_are() -> None:
    said = describe(Facts(moments=(blue(1.0, "EXIT"), blue(2.0, "EXIT", "Door 12", "|")))).description
    assert said == ("The picture is mostly blue. No speech is heard. In the picture one reads “EXIT”, “Door 12”.")


def test_it_tells_each_caption_once() -> None:
    captions = ("A dog runs on a beach.", "A dog runs on a beach.", "A dog shakes off water.")
    said = describe(Facts(moments=tuple(Moment(float(at), told=one) for at, one in enumerate(captions)))).description
    assert said.count("A dog runs on a beach.") == 1


def test_it_begins_with_what_people_wrote() -> None:
    assert describe(Facts(description="From our trip", speech=SPEECH)).description.startswith("From our trip. ")


def test_its_tags_are_those_of_people_then_topics_each_once() -> None:
    tags = describe(Facts(keywords=("Boats", "boats", "Sea "), speech=SPEECH, moments=(blue(1.0, "LOCK"),))).tags
    assert tags[:2] == ("boats", "sea")
    assert "fishing boat" in tags
    assert len(set(tags)) == len(tags) <= 12


def test_what_is_said_but_once_comes_last_in_the_tags() -> None:
    tags = describe(Facts(description="An old ferry.", speech=SPEECH[3:4], moments=(blue(1.0, "TERMINAL"),))).tags
    assert tags == ("ferry", "terminal", "sandwich", "cold")


def test_it_keeps_to_its_bounds() -> None:
    made = describe(Facts(title="word " * 500, description="word " * 5000))
    assert len(made.title) <= MAX_TITLE_CHARS
    assert len(made.description) <= MAX_DESCRIPTION_CHARS
