"""Names are cleaned, compared and sorted as people read them."""

import pytest

from errors import InvalidInput
from services.library import text


@pytest.mark.parametrize(
    ("artist", "title"),
    [
        ("the beatles", "let it be"),
        ("The Beatles", "LET IT BE!"),
        ("The  Beatles", "Let-It-Be"),
        ("Thé Beatles", "Let it be…"),
        ("The Beatles", "Ｌｅｔ ｉｔ ｂｅ"),
        ("The Be‘atles", "“Let It Be”"),
    ],
)
def test_it_sees_the_same_song_behind_case_accents_and_punctuation(artist: str, title: str) -> None:
    assert text.fingerprint(artist, title) == text.fingerprint("The Beatles", "Let It Be")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ash", "Burn"), ("As", "hBurn")),
        (("", "!!!"), ("", "???")),
        (("", "かき"), ("", "がぎ")),
        (("Prince", "1999"), ("Prince", "1998")),
        (("Ke$ha", "Tik Tok"), ("Keha", "Tik Tok")),
    ],
)
def test_it_keeps_different_songs_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert text.fingerprint(*one) != text.fingerprint(*other)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Water Is Wide", "water is wide"),
        ("A", "a"),
        ("An Evening", "evening"),
        ("Theodora", "theodora"),
        ("Élan", "elan"),
        ("“Heroes”", "heroes"),
        ("!!!", "!!!"),
        ("x" * 400, "x" * 300),
    ],
)
def test_it_sorts_without_article_accent_and_quotes(name: str, key: str) -> None:
    assert text.sort_key(name) == key


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("  two \t words\r\n", "two words"),
        ("Cafe\u0301", "Café"),
        ("evil\u202egpj.exe\u2069", "evilgpj.exe"),
        ("bell\x07 and \x1b[31mred", "bell and [31mred"),
        ("\ufeffname", "name"),
        ("half \ud83d a pair", "half a pair"),
        ("x" * 301, "x" * 300),
    ],
)
def test_it_cleans_a_name(given: str, stored: str) -> None:
    assert text.clean(given, field="title") == stored


def test_it_refuses_a_nul_by_the_name_of_the_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        text.clean("a\x00b", field="album")
    assert refusal.value.details is not None
    assert list(refusal.value.details) == ["album"]


def test_it_brings_line_breaks_of_every_kind_to_one() -> None:
    assert text.normalise_newlines("\r\n\none  \r\ntwo\rthree\u2028four\n\n") == "one\ntwo\nthree\nfour"


def test_it_keeps_the_indents_of_lyrics() -> None:
    assert text.clean_lyrics("  one\n\ttwo\n") == "  one\n\ttwo"


@pytest.mark.parametrize("lyrics", [None, "", " \n\t\r\n"])
def test_it_has_no_lyrics_where_nothing_is_left(lyrics: str | None) -> None:
    assert text.clean_lyrics(lyrics) is None


def test_it_refuses_lyrics_of_the_length_of_a_book() -> None:
    with pytest.raises(InvalidInput, match="at most 200,000 characters"):
        text.clean_lyrics("la " * 100_000)


def test_its_fingerprint_tells_numbers_apart() -> None:
    assert text.fingerprint("a", "Take 1-11") != text.fingerprint("a", "Take 11-1")
    assert text.fingerprint("AC/DC", "99 Luftballons") == text.fingerprint("ac dc", "99Luftballons")


def test_it_takes_no_more_marks_in_a_row_than_a_language_writes() -> None:
    """Putting marks in order takes the square of their number: a page of them holds a process up for minutes."""
    zalgo = "a" + ("\u0300" * 80_000 + "\u0327" * 80_000) * 5 + "b"
    assert len(text.clean(zalgo, field="title")) <= 1 + 30 + 1
    assert len(text.clean_lyrics(zalgo) or "") <= 1 + 30 + 1
    assert text.clean("e\u0301\u0323", field="title") == "ẹ́"
