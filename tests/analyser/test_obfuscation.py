"""Disguised swear words are read, and innocent look-alikes are not."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize(
    ("spelling", "severity"),
    [
        ("f**k", 3),
        ("F*CK", 3),
        ("f u c k", 3),
        ("F.U.C.K.", 3),
        ("f-u-c-k", 3),
        ("fuuuuck", 3),
        ("phuck", 3),
        ("fvck", 3),
        ("f\u0301u\u0327c\u0308k", 3),
        ("fu\u200bck", 3),
        ("fu\u0441k", 3),
        ("motherf***er", 3),
        ("sh1t", 2),
        ("sh!t", 2),
        ("$hit", 2),
        ("b!tch", 2),
        ("a$$", 2),
        ("a$$hole", 2),
        ("d\u2014n", 1),
        ("d@mn", 1),
        ("@#$%!", 2),
    ],
)
def test_it_reads_disguised_spellings(spelling: str, severity: int) -> None:
    (finding,) = analyse(f"Oh {spelling} I said to them").findings
    assert (finding.category, finding.severity) == ("profanity", severity)


def test_it_gives_the_words_as_they_stand() -> None:
    (finding,) = analyse("Well, F*ck, said he").findings
    assert finding.words == "F*ck"


@pytest.mark.parametrize(
    "innocent",
    [
        "Scunthorpe, Penistone and Cockermouth",
        "Assess the class and pass the glass",
        "Shiitake mushrooms with a shih tzu",
        "*** Twinkle ### little star ***",
        "It costs $50 at 5 o'clock!",
        "D I S C O we sing",
        "a-roving, a-roving - well-known songs",
        "shoot the breeze, soon, too, good food",
    ],
)
def test_it_reads_no_swearing_into_clean_words(innocent: str) -> None:
    assert [finding for finding in analyse(innocent).findings if finding.category == "profanity"] == []
