"""Mood and themes of English lyrics."""

from services.analyser import analyse

HAPPY = "Happy days are here, oh joy, we dance and sing and laugh\nSunshine and a merry heart, we celebrate and smile"
GRIM = (
    "The dead are cold beneath the grave, the blood is on the door\nMurder, pain and darkness, fear and death once more"
)


def test_it_tells_a_glad_song_from_a_grim_one() -> None:
    assert analyse(HAPPY).mood == "joyful"
    assert analyse(GRIM).mood == "dark"


def test_it_names_themes_the_strongest_first() -> None:
    voyage = "Sail the ship across the sea\nHaul the anchor, sailors free\nWaves and tide, my love, and me"
    assert analyse(voyage).themes[0] == "sea"
    assert len(analyse(voyage).themes) <= 4


def test_it_claims_no_mood_where_nothing_colours_it() -> None:
    analysis = analyse("One and two and three and four")
    assert (analysis.mood, analysis.themes) == ("unclear", ())
