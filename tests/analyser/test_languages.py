"""Spanish, French and German are judged too."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize(
    ("language", "category", "lyrics"),
    [
        ("es", "violence", "Le dieron dos balazos en la calle y lo mataron por la noche"),
        ("es", "drugs_alcohol", "Sírveme otra copa de tequila que yo quiero olvidar"),
        ("fr", "violence", "Il a tué son frère avec un couteau dans la nuit"),
        ("fr", "drugs_alcohol", "Nous allons boire du vin et lever nos verres avec vous"),
        ("de", "violence", "Er hat den Bruder erstochen mit dem Messer in der Nacht"),
        ("de", "self_harm", "Ich will nicht mehr leben, ich bin so müd und allein"),
    ],
)
def test_it_judges_other_languages(language: str, category: str, lyrics: str) -> None:
    analysis = analyse(lyrics)
    assert analysis.language == language
    assert category in {finding.category for finding in analysis.findings}


def test_it_judges_both_languages_of_a_mixed_song() -> None:
    mixed = "Yo quiero bailar contigo toda la noche en la playa\nGive me the money and I will shoot that man and you"
    assert "violence" in {finding.category for finding in analyse(mixed).findings}


def test_it_finds_clean_songs_clean() -> None:
    assert analyse("Sur le pont d'Avignon, l'on y danse, l'on y danse").rating == "everyone"
