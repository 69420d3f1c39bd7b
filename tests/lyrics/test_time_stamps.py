"""Timed lyrics become plain text."""

import pytest

from clients.lrclib import LyricsRecord
from services.lyrics_match import text_of


@pytest.mark.parametrize(
    ("lrc", "text"),
    [
        ("[00:01.20]Amazing grace!\n[00:03.400]How sweet the sound", "Amazing grace!\nHow sweet the sound"),
        ("[ar:John Newton]\n[length: 03:00]\n[00:01.00] Amazing grace!", "Amazing grace!"),
        ("[00:01.00][00:03.00]Amazing grace!\n[00:02.00]Oh", "Amazing grace!\nOh\nAmazing grace!"),
        ("[00:01.00] <00:01.00> Amazing <00:01.50> grace!", "Amazing grace!"),
        ("[00:01.00]One\r\n[00:02.00]\r\n[00:03:00]Two", "One\n\nTwo"),
        ("[Chorus]\n[100:01]Amazing grace!", "[Chorus]\nAmazing grace!"),
        ("no stamps", "no stamps"),
        ("[00:01.00]", None),
    ],
)
def test_it_strips_time_stamps(lrc: str, text: str | None) -> None:
    record = {"id": 1, "trackName": "Grace", "artistName": "Newton", "plainLyrics": " ", "syncedLyrics": lrc}
    assert text_of(LyricsRecord.model_validate(record)) == text
