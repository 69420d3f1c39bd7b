"""A file's name tells artist and title where nothing better does."""

import pytest

from services.importing.file_names import artist_and_title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Trad. - Greensleeves.mp3", ("Trad.", "Greensleeves")),
        ("Music/Old/Trad. – Greensleeves.flac", ("Trad.", "Greensleeves")),
        ("C:\\Music\\Trad. - Greensleeves.mp3", ("Trad.", "Greensleeves")),
        ("01 - Trad. - Greensleeves.mp3", ("Trad.", "Greensleeves")),
        ("1. Greensleeves.mp3", ("", "Greensleeves")),
        ("07 Greensleeves.mp3", ("", "Greensleeves")),
        ("03_Greensleeves.mp3", ("", "Greensleeves")),
        ("99 Luftballons.mp3", ("", "99 Luftballons")),
        ("1999.mp3", ("", "1999")),
        ("2-4-6-8.mp3", ("", "2-4-6-8")),
        ("Jay-Z.mp3", ("", "Jay-Z")),
        ("A - B - C.mp3", ("A", "B - C")),
        ("Some_Band_-_Some_Song.ogg", ("Some Band", "Some Song")),
        ("- Dash.mp3", ("", "- Dash")),
        ("Mr. Blue.Sky.mp3", ("", "Mr. Blue.Sky")),
    ],
)
def test_it_reads_artist_and_title(name: str, expected: tuple[str, str]) -> None:
    assert artist_and_title(name) == expected
