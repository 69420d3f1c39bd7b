"""LRC files become plain lyrics in the order in which they are sung."""

import pytest

from services.importing import lrc


def test_it_reads_the_tags_of_the_song() -> None:
    found = lrc.parse("[ti: Greensleeves]\n[AR:Trad.]\n[al:Old]\n[length:03:05.50]\n[re:a player]\n[00:01.00]Alas")
    assert (found.title, found.artist, found.album, found.duration_seconds) == ("Greensleeves", "Trad.", "Old", 185.5)
    assert found.lyrics == "Alas"


@pytest.mark.parametrize(
    ("text", "lyrics"),
    [
        ("[00:01.00]one\n[00:02.00]two", "one\ntwo"),
        ("[00:02.00]two\n[00:01.00]one", "one\ntwo"),
        ("[00:01]one\n[00:02:50]two\n[100:03.123]three", "one\ntwo\nthree"),
        ("[00:01.00][00:05.00]chorus\n[00:03.00]verse", "chorus\nverse\nchorus"),
        ("[00:01.00] [00:05.00] chorus\n[00:03.00] verse", "chorus\nverse\nchorus"),
        ("[00:01.00]<00:01.00>one <00:01.50>word <00:02.00>more", "one word more"),
        ("[00:01.00]one [00:01.50]word", "one word"),
        ("[offset:+500]\n[00:01.00]one", "one"),
        ("[00:01.00]one\n[00:02.00]\n[00:03.00]two", "one\n\ntwo"),
        ("[00:01.00]one\n\n\n\n[00:03.00]two", "one\n\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("[ti:x]\r\n\r\none\r\ntwo\r\n", "one\ntwo"),
        ("[Chorus]\none\n[Verse 2: all]\ntwo", "[Chorus]\none\n[Verse 2: all]\ntwo"),
        ("[00:05.00]late\nand after\n[00:01.00]early", "early\nlate\nand after"),
        ("[ti:only tags]", ""),
        ("[00:01.00]\n[00:02.00]", ""),
    ],
)
def test_it_gives_the_lines_in_order(text: str, lyrics: str) -> None:
    assert lrc.parse(text).lyrics == lyrics


def test_it_tells_timed_lyrics_from_others() -> None:
    assert lrc.is_timed("[by:me]\n[00:01.00]one")
    assert not lrc.is_timed("[Chorus]\nat [10:30] we met")
