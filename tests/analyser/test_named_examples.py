"""The examples that the analyser was asked for by name."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize(
    "innocent",
    [
        "Kill the lights and raise the sound\nEverybody gather round",
        "From Essex up to Sussex in a day",
        "I'm killing time until the evening train",
        "She was dressed to kill in her mother's pearls",
        "We were shooting stars above the photo shoot",
        "I'm drunk on your love and high on the sunshine",
        "He knocked on wood and hit the road again",
    ],
)
def test_it_leaves_figures_of_speech_alone(innocent: str) -> None:
    assert analyse(innocent).findings == ()
    assert analyse(innocent).rating == "everyone"


def test_it_hears_no_swearing_in_a_hymn() -> None:
    hymn = (
        "The gates of hell shall not prevail\nAgainst the church of Christ the Lord\nHis saving grace shall never fail"
    )
    assert analyse(hymn).rating == "everyone"


def test_it_hears_hell_as_an_expletive_elsewhere() -> None:
    (finding,) = analyse("What the hell is wrong with this old truck").findings
    assert (finding.category, finding.severity) == ("profanity", 1)


def test_it_leaves_the_wine_of_communion_alone() -> None:
    assert analyse("Come to the table, the bread and the wine\nThe body and blood of the Lord divine").findings == ()


def test_it_denies_nothing_by_a_negation_that_affirms() -> None:
    assert analyse("I can't stop drinking whiskey").rating != "everyone"
