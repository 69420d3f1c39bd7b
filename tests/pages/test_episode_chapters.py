"""Chapters as the player reads them, and what it plays."""

from services.episodes.watching import Chapter, as_vtt, file_name


def test_it_writes_webvtt() -> None:
    chapters = [Chapter(0, 61.5, "Hello"), Chapter(61.5, 7322.25, "The rest")]
    assert as_vtt(chapters) == (
        "WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nHello\n\n00:01:01.500 --> 02:02:02.250\nThe rest\n"
    )


def test_it_keeps_titles_from_being_taken_for_markup_or_for_the_end_of_their_cue() -> None:
    text = as_vtt([Chapter(0, 1, "R&D <b>\n\n--> now")])
    assert text.partition("\n\n")[2].splitlines()[1:] == ["R&amp;D &lt;b&gt; --&gt; now"]


def test_it_rounds_to_milliseconds_without_a_second_of_a_thousand() -> None:
    assert "00:00:02.000 -->" in as_vtt([Chapter(1.9996, 3, "A")])


def test_it_names_a_file_of_its_key() -> None:
    assert (file_name("episodes/a-talk/source.mkv"), file_name(None)) == ("source.mkv", None)
