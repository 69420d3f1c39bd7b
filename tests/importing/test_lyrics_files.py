"""Lyrics files become songs, named by their tags or by their file's name."""

import pytest

from tests.importing.makers import Batch, only_song

SRT = """1
00:00:03,000 --> 00:00:04,000
you do me <i>wrong</i>

2
00:00:01,000 --> 00:00:02,500
Alas, my love,
{\\an8}hear me
"""


def test_it_reads_lrc(batch: Batch) -> None:
    batch.add("x.lrc", "[ti:Greensleeves]\n[ar:Trad.]\n[al:Old]\n[00:01.00]Alas, my love")
    assert batch.run().added == 1
    song = only_song()
    assert (song.title, song.artist, song.album, song.lyrics) == ("Greensleeves", "Trad.", "Old", "Alas, my love")
    assert song.lyrics_source == "file"


def test_it_takes_no_artist_from_the_file_name_where_tags_name_the_song(batch: Batch) -> None:
    batch.add("Somebody - Else.lrc", "[ti:Greensleeves]\nAlas")
    batch.run()
    assert (only_song().title, only_song().artist) == ("Greensleeves", "")


def test_it_reads_srt_in_the_order_of_its_times(batch: Batch) -> None:
    batch.add("Trad. - Greensleeves.srt", SRT)
    batch.run()
    assert (only_song().artist, only_song().lyrics) == ("Trad.", "Alas, my love,\nhear me\nyou do me wrong")


@pytest.mark.parametrize("text", ["Alas,\r\nmy love\r\n", "[00:02.00]my love\n[00:01.00]Alas,"])
def test_it_reads_txt_timed_or_not(batch: Batch, text: str) -> None:
    batch.add("Trad. - Greensleeves.txt", text)
    batch.run()
    assert (only_song().title, only_song().lyrics) == ("Greensleeves", "Alas,\nmy love")
