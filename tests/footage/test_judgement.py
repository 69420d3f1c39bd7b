"""Metadata is judged by what it says, not by its being there."""

import pytest

from services.footage.judgement import judge

TELLING = "A heron stands in the shallow water by the old mill and flies off."
POOR = {
    "nothing at all": ("", "", []),
    "a camera's file": ("IMG_0042", "", []),
    "a second download": ("clip (3).mov", "", []),
    "a phone's file": ("VID_20240131_183011.mp4", "", []),
    "a messenger's file": ("WhatsApp Video 2024-01-31 at 18.30.11", "", []),
    "a sum of bytes": ("d41d8cd98f00b204e9800998ecf8427e", "", []),
    "an editor's export": ("Final_v2_export", "Final_v2_export", []),
    "a stock title": ("Untitled", "no description", ["video"]),
    "a title alone": ("A heron at dawn", "", []),
    "a description alone": ("IMG_0042", TELLING, []),
    "a description that is the title": ("A heron at dawn", "A heron, at dawn.", []),
    "filler": ("asdf", "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do", []),
    "a wall before a page": ("Just a moment...", "Enable JavaScript and cookies to continue", []),
    "keywords alone": ("MVI_1234.AVI", "", ["heron", "mill", "dawn"]),
    "the same keyword often": ("Heron", "", ["heron", "Heron", "HERON"]),
}
GOOD = {
    "a title and a sentence": ("A heron at dawn", TELLING, []),
    "a title and keywords": ("A heron at dawn", "", ["heron", "mill"]),
    "a sentence and keywords": ("DSC01234.MP4", TELLING, ["heron", "mill", "dawn"]),
    "a file name that says something": ("heron_at_the_mill.mp4", TELLING, []),
    "a script without blanks": ("夜の東京駅", "駅の前を人々が歩いていく様子を撮影した映像", []),
    "words that are stock in other languages": ("Na praia de Ipanema", "Todo o dia as ondas batem nas pedras", []),
    "a long text with a stock phrase": ("The town hall", f"{TELLING} {TELLING} Part two is coming soon.", []),
}


@pytest.mark.parametrize(("title", "description", "keywords"), POOR.values(), ids=POOR)
def test_it_finds_these_poor_and_says_why(title: str, description: str, keywords: list[str]) -> None:
    judgement = judge(title=title, description=description, keywords=keywords)
    assert not judgement.is_good
    assert judgement.score < 50
    assert judgement.reasons


@pytest.mark.parametrize(("title", "description", "keywords"), GOOD.values(), ids=GOOD)
def test_it_finds_these_good(title: str, description: str, keywords: list[str]) -> None:
    judgement = judge(title=title, description=description, keywords=keywords)
    assert judgement.is_good
    assert 50 <= judgement.score <= 100


def test_it_gives_all_points_for_all_there_is_to_say() -> None:
    judgement = judge(title="A heron at dawn", description=TELLING, keywords=["heron", "mill", "dawn"])
    assert (judgement.score, judgement.reasons) == (100, ())


def test_it_names_the_title_that_looks_like_a_file() -> None:
    judgement = judge(title="IMG_0042", description=TELLING, keywords=[])
    assert judgement.reasons[0] == (
        "The title “IMG_0042” looks like the name of a file; it does not say what is to be seen."
    )


def test_it_stays_short_where_the_title_is_long() -> None:
    judgement = judge(title="IMG_0042 " * 1000, description="", keywords=[])
    assert max(map(len, judgement.reasons)) < 200


def test_it_is_kept_with_its_time() -> None:
    kept = judge(title="", description="", keywords=[]).as_json(judged_at=12.5)
    assert kept == {
        "score": 0,
        "is_good": False,
        "reasons": ["There is no title.", "There is no description.", "There are no keywords."],
        "judged_at": 12.5,
    }
