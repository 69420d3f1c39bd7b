"""What cannot be judged is unknown, and the summary says why."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize("empty", ["", " \n\t\r\n", "*** ... !!!", "\U0001f3b5\U0001f3b6", "12 34 56"])
def test_it_rates_lyrics_without_words_unknown(empty: str) -> None:
    analysis = analyse(empty)
    assert (analysis.rating, analysis.score, analysis.language) == ("unknown", 0, "und")
    assert analysis.summary == "Unknown: there are no words to judge."


def test_it_rates_a_language_it_cannot_judge_unknown() -> None:
    analysis = analyse("さくら さくら やよいの空は 見わたす限り かすみか雲か 匂いぞ出ずる")
    assert (analysis.rating, analysis.language) == ("unknown", "ja")
    assert analysis.summary == "Unknown: the lyrics seem to be in Japanese, which this analyser cannot judge."


def test_it_still_sees_swearing_that_is_the_same_in_every_language() -> None:
    assert analyse("さくら さくら やよいの空は fuck 見わたす限り").rating == "explicit"
