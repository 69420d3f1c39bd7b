"""Ratings follow from severities, and scores agree with ratings."""

import pytest

from services.analyser import analyse

BANDS = {"everyone": (0, 9), "teen": (10, 39), "mature": (40, 69), "explicit": (70, 100)}


@pytest.mark.parametrize(
    ("rating", "lyrics"),
    [
        ("everyone", "The robin sings upon the bough"),
        ("teen", "A glass of beer beside the door"),
        ("teen", "He stabbed his brother by the mill"),
        ("mature", "We smoked a joint behind the barn"),
        ("mature", "He stabbed his brother by the mill\nAnd then got drunk at the bar that night"),
        ("mature", "He shot a man, he stabbed a man\nHe killed a man\nHe strangled one\nHe murdered more"),
        ("explicit", "Fuck the whole parade"),
    ],
)
def test_it_rates_by_the_gravest_concerns(rating: str, lyrics: str) -> None:
    analysis = analyse(lyrics)
    low, high = BANDS[rating]
    assert analysis.rating == rating
    assert low <= analysis.score <= high


def test_it_scores_more_of_the_same_higher() -> None:
    once = "Pour me a glass of beer tonight"
    assert analyse(f"{once}\nAnd a whiskey\nAnd a gin").score > analyse(once).score
