"""The mood of a song: VADER's valence of its lines, told apart by the words that colour it.

VADER: C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis", ICWSM 2014.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from services.analyser.wordlists import tally

UNCLEAR = "unclear"
MIXED = "bittersweet"
SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 300
NEUTRAL_VALENCE = 0.08
MIN_COLOUR_WORDS = 2

_BRIGHT = ("joyful", "tender", "hopeful", "calm", "playful")
_GLOOMY = ("sad", "angry", "dark")


@cache
def valence_model() -> Any:
    """Read VADER's lexicon once; the package brings an HTTP client with it, which is for none but who analyses."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def mood(lines: Sequence[str], counts: Mapping[str, int]) -> str:
    """Name the mood of English lines; "unclear" when nothing colours them."""
    sample = [line[:SAMPLE_CHARACTERS] for line in dict.fromkeys(lines) if line.strip()][:SAMPLE_LINES]
    if not sample:
        return UNCLEAR
    valence: float = sum(valence_model().polarity_scores(line)["compound"] for line in sample) / len(sample)
    return _name(valence, tally("moods", counts))


def _name(valence: float, colours: Mapping[str, int]) -> str:
    bright = max(_BRIGHT, key=lambda name: colours.get(name, 0))
    gloomy = max(_GLOOMY, key=lambda name: colours.get(name, 0))
    strongest = max(colours.get(bright, 0), colours.get(gloomy, 0))
    if strongest < MIN_COLOUR_WORDS and abs(valence) < NEUTRAL_VALENCE:
        return UNCLEAR
    if valence > NEUTRAL_VALENCE:
        return bright if colours.get(bright, 0) else "joyful"
    if valence < -NEUTRAL_VALENCE:
        return gloomy if colours.get(gloomy, 0) else "sad"
    return MIXED
